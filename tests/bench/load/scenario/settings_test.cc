#include "bench/load/scenario/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace stellwerk::load {
namespace {

TEST(Settings, HavePathsAndFlagsOfTheirOwn) {
  std::set<std::string> paths;
  std::set<std::string> flags;
  for (const Setting& setting : Settings()) {
    EXPECT_TRUE(paths.insert(setting.path).second) << setting.path;
    EXPECT_TRUE(flags.insert(setting.flag()).second) << setting.flag();
  }
  EXPECT_EQ(FindSetting("mute_storm.every")->flag(), "--mute-storm-every");
  EXPECT_EQ(FindSetting("mute_storm"), nullptr);
}

TEST(Settings, OfASectionStandTogether) {
  std::set<std::string> left;
  std::string section;
  for (const Setting& setting : Settings()) {
    const std::string of = setting.path.substr(0, setting.path.find('.'));
    if (of == section) continue;
    EXPECT_TRUE(left.insert(of).second) << of << " is in two places";
    section = of;
  }
}

TEST(Settings, ReadWhatTheyPrint) {
  for (const Setting& setting : Settings()) {
    Scenario scenario;
    const auto complaint = setting.set(scenario, setting.print(Scenario()));
    EXPECT_FALSE(complaint) << setting.path << ": " << *complaint;
    EXPECT_EQ(scenario, Scenario()) << setting.path;
  }
}

// So that none is forgotten in the table: each field of a scenario is reached by some setting.
TEST(Settings, ChangeOneFieldEach) {
  const std::vector<std::pair<std::string, std::string>> others = {
      {"name", "x"},
      {"seed", "7"},
      {"rooms", "7"},
      {"publishers", "7"},
      {"subscribers", "7"},
      {"joins_per_second", "7"},
      {"duration", "7s"},
      {"churn_per_minute", "7"},
      {"layout", "everyone"},
      {"layout_flip_every", "7s"},
      {"speaker_change_every", "7s"},
      {"mute_storm.every", "7s"},
      {"mute_storm.share", "7%"},
      {"mute_storm.lasts", "7s"},
      {"reconnect_every", "7s"},
      {"video.codec", "none"},
      {"video.simulcast", "true"},
      {"video.mode", "L1T2"},
      {"video.width", "70"},
      {"video.height", "70"},
      {"video.bitrate", "77kbps"},
      {"video.fps", "7"},
      {"video.keyframe_interval", "7s"},
      {"video.replay", "x"},
      {"audio.codec", "none"},
      {"audio.bitrate", "77kbps"},
      {"audio.dtx", "true"},
      {"audio.talk", "7s"},
      {"audio.silence", "7s"},
      {"audio.level", "7"},
      {"audio.replay", "x"},
      {"adapt", "true"},
      {"up.rate", "77kbps"},
      {"up.delay", "7ms"},
      {"up.jitter", "7ms"},
      {"up.loss", "7%"},
      {"up.queue", "7ms"},
      {"down.rate", "77kbps"},
      {"down.delay", "7ms"},
      {"down.jitter", "7ms"},
      {"down.loss", "7%"},
      {"down.queue", "7ms"},
      {"data", "true"},
      {"verify", "none"},
  };
  ASSERT_EQ(others.size(), Settings().size());
  for (const auto& [path, value] : others) {
    const Setting* setting = FindSetting(path);
    ASSERT_NE(setting, nullptr) << path;
    Scenario scenario;
    const auto complaint = setting->set(scenario, value);
    ASSERT_FALSE(complaint) << path << ": " << *complaint;
    EXPECT_FALSE(scenario == Scenario()) << path << " changes nothing";
    EXPECT_EQ(setting->print(scenario), value);
    for (const Setting& other : Settings()) {
      if (other.path == path) continue;
      EXPECT_EQ(other.print(scenario), other.print(Scenario()))
          << path << " changes " << other.path;
    }
  }
}

TEST(Settings, AreInTheReadme) {
  std::ifstream file(STELLWERK_SOURCE_DIR "/bench/load/scenario/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), testing::HasSubstr(SettingsTable()));
}

TEST(Settings, ContradictionsNameASetting) {
  Scenario scenario;
  scenario.publishers = 0;
  const auto found = FindContradiction(scenario);
  ASSERT_TRUE(found);
  EXPECT_NE(FindSetting(found->path), nullptr);
  EXPECT_FALSE(FindContradiction(Scenario()));
}

}  // namespace
}  // namespace stellwerk::load
