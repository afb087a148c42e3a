#include "bench/load/scenario/scenario_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "bench/load/scenario/scenario_file.h"

namespace stellwerk::load {
namespace {

// What the flags make of `scenario`.
absl::Status Apply(std::vector<std::string> arguments, Scenario& scenario) {
  CLI::App app;
  ScenarioFlags flags;
  flags.AddTo(app);
  std::reverse(arguments.begin(), arguments.end());  // what CLI11 wants of a vector
  app.parse(arguments);
  return flags.ApplyOverrides(scenario);
}

TEST(ScenarioFlags, WinOverTheFile) {
  auto scenario = ReadScenario("rooms: 2\nvideo: {codec: vp9, bitrate: 3Mbps}", "test.yaml");
  ASSERT_TRUE(scenario.ok());
  const auto status =
      Apply({"--video-codec", "h264", "--rooms=7", "--up-loss", "2%", "--adapt"}, *scenario);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(scenario->video.codec, Codec::kH264);
  EXPECT_EQ(scenario->rooms, 7);
  EXPECT_EQ(scenario->up.loss, 0.02);
  EXPECT_TRUE(scenario->adapt);
  EXPECT_EQ(scenario->video.bitrate, DataRate::KilobitsPerSecond(3000));
}

TEST(ScenarioFlags, LeaveWhatIsNotGiven) {
  Scenario scenario;
  scenario.rooms = 5;
  ASSERT_TRUE(Apply({}, scenario).ok());
  Scenario expected;
  expected.rooms = 5;
  EXPECT_EQ(scenario, expected);
}

TEST(ScenarioFlags, TurnOffWhatTheFileTurnsOn) {
  Scenario scenario;
  scenario.adapt = true;
  ASSERT_TRUE(Apply({"--adapt=false"}, scenario).ok());
  EXPECT_FALSE(scenario.adapt);
}

TEST(ScenarioFlags, GivenTwiceTheLastCounts) {
  Scenario scenario;
  ASSERT_TRUE(Apply({"--rooms", "3", "--rooms", "4"}, scenario).ok());
  EXPECT_EQ(scenario.rooms, 4);
}

TEST(ScenarioFlags, AreNamedInTheirErrors) {
  Scenario scenario;
  EXPECT_EQ(Apply({"--video-codec", "vp7"}, scenario).message(),
            "--video-codec: \"vp7\" is none of vp8, vp9, av1, h264, none");
  EXPECT_EQ(Apply({"--adapt=perhaps"}, scenario).message(),
            "--adapt: \"perhaps\" is neither true nor false");
  EXPECT_EQ(Apply({"--video-mode", "L2T2"}, scenario).message(),
            "--video-mode: L2T2 has spatial layers, which only vp9 and av1 know");
}

TEST(ScenarioFlags, AreAllInTheHelpWithTheirDefaults) {
  CLI::App app;
  ScenarioFlags flags;
  flags.AddTo(app);
  const std::string help = app.help();
  for (const Setting& setting : Settings()) {
    EXPECT_THAT(help, testing::HasSubstr(setting.flag()));
    EXPECT_THAT(help, testing::HasSubstr(setting.help));
  }
  EXPECT_THAT(help, testing::HasSubstr("[1500kbps]"));
}

}  // namespace
}  // namespace stellwerk::load
