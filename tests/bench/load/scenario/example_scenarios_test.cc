#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "bench/load/scenario/scenario_file.h"
#include "bench/load/scenario/timeline.h"

namespace stellwerk::load {
namespace {

namespace fs = std::filesystem;

// All files of bench/load/scenarios by name; what can't be read is told and left out.
std::map<std::string, Scenario> Examples() {
  std::map<std::string, Scenario> examples;
  for (const auto& entry : fs::directory_iterator(STELLWERK_SOURCE_DIR "/bench/load/scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    const auto scenario = ReadScenarioFile(entry.path().string());
    EXPECT_TRUE(scenario.ok()) << scenario.status();
    if (scenario.ok()) examples[entry.path().stem().string()] = *scenario;
  }
  return examples;
}

TEST(ExampleScenarios, CanBeReadAndAreNamedAfterTheirFiles) {
  const auto examples = Examples();
  for (const auto& [name, scenario] : examples) EXPECT_EQ(scenario.name, name);
  std::vector<std::string> names;
  for (const auto& [name, scenario] : examples) names.push_back(name);
  EXPECT_THAT(names, testing::IsSupersetOf({"audio_200", "bad_network", "churn", "conference_20x10",
                                            "grid_5x5", "webinar_1x200"}));
}

TEST(ExampleScenarios, HaveAsManyParticipantsAsTheirNamesSay) {
  const auto examples = Examples();
  EXPECT_EQ(examples.at("conference_20x10").participants(), 200U);
  EXPECT_EQ(examples.at("conference_20x10").rooms, 20);
  EXPECT_EQ(examples.at("webinar_1x200").participants(), 200U);
  EXPECT_EQ(examples.at("audio_200").participants(), 200U);
  EXPECT_FALSE(examples.at("audio_200").video.on());
  EXPECT_EQ(SlotsFor(examples.at("grid_5x5"), 25), (Slots{.video = 25, .audio = 5}));
}

TEST(ExampleScenarios, AreOverWithinTwoMinutes) {
  for (const auto& [name, scenario] : Examples()) {
    EXPECT_LE(Timeline::Make(scenario).end(), std::chrono::minutes(2)) << name;
  }
}

}  // namespace
}  // namespace stellwerk::load
