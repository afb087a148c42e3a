#include "bench/load/scenario/scenario_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "bench/load/scenario/settings.h"

namespace stellwerk::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string ErrorOf(std::string_view yaml) {
  const auto scenario = ReadScenario(yaml, "test.yaml");
  return scenario.ok() ? "" : std::string(scenario.status().message());
}

TEST(ScenarioFile, SetsWhatItSaysAndLeavesTheRest) {
  const auto read = ReadScenario(R"(
name: Monday morning
rooms: 20
publishers: 10
joins_per_second: 12.5
duration: 1m
layout: 5x5
video:
  codec: av1
  mode: L3T3_KEY
  bitrate: 2Mbps
audio: {dtx: true, silence: 0s}
up:
  loss: 0.5%
  delay: 40ms
mute_storm:
verify: all
)",
                                 "test.yaml");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->name, "Monday morning");
  EXPECT_EQ(read->participants(), 200U);
  EXPECT_EQ(read->joins_per_second, 12.5);
  EXPECT_EQ(read->duration, seconds(60));
  EXPECT_EQ(read->layout, Layout::k5x5);
  EXPECT_EQ(read->video.codec, Codec::kAv1);
  EXPECT_EQ(read->video.mode.ToText(), "L3T3_KEY");
  EXPECT_FALSE(read->video.is_simulcast());
  EXPECT_EQ(read->video.bitrate, DataRate::KilobitsPerSecond(2000));
  EXPECT_TRUE(read->audio.dtx);
  EXPECT_EQ(read->audio.silence, TimeDelta());
  EXPECT_EQ(read->up.loss, 0.005);
  EXPECT_EQ(read->up.delay, milliseconds(40));
  EXPECT_EQ(read->down, LinkSettings());
  EXPECT_EQ(read->mute_storm, MuteStorm());
  EXPECT_EQ(read->verify, Verify::kAll);
}

TEST(ScenarioFile, ThatIsEmptyIsTheDefaults) {
  for (const char* text : {"", "# nothing\n", "---\n"}) {
    const auto read = ReadScenario(text, "test.yaml");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, Scenario());
  }
}

TEST(ScenarioFile, NamesTheLineTheSettingAndWhatWouldDo) {
  EXPECT_EQ(ErrorOf("rooms: 2\nvideo:\n  codec: vp7\n"),
            "test.yaml:3: video.codec: \"vp7\" is none of vp8, vp9, av1, h264, none");
  EXPECT_EQ(ErrorOf("rooms: many"), "test.yaml:1: rooms: \"many\" is not a number in 1..100000");
  EXPECT_EQ(ErrorOf("duration: 7d"),
            "test.yaml:1: duration: \"7d\" is not a duration (500ms, 15s, 2m, 1h)");
  EXPECT_EQ(ErrorOf("\nduration: 2ms"),
            "test.yaml:2: duration: \"2ms\" is not a duration in 100ms..24h");
  EXPECT_EQ(ErrorOf("video: {bitrate: 5}"),
            "test.yaml:1: video.bitrate: \"5\" is not a rate (500kbps, 1.5Mbps)");
  EXPECT_EQ(ErrorOf("down:\n  loss: 101%"),
            "test.yaml:2: down.loss: \"101%\" is not a share in 0%..100% (5% or 0.05)");
  EXPECT_EQ(ErrorOf("rooms: [1, 2]"), "test.yaml:1: rooms: needs one value: 1..100000");
  EXPECT_EQ(ErrorOf("rooms:"), "test.yaml:1: rooms: needs one value: 1..100000");
}

TEST(ScenarioFile, RefusesWhatItDoesNotKnowAndSaysWhatIsNear) {
  EXPECT_EQ(ErrorOf("rooms: 2\npublisher: 3"),
            "test.yaml:2: publisher: there is no such setting; publishers is near");
  EXPECT_EQ(ErrorOf("vidoe:\n  codec: vp8"),
            "test.yaml:1: vidoe: there is no such setting; video is near");
  EXPECT_EQ(ErrorOf("video:\n  codecs: vp8"),
            "test.yaml:2: video.codecs: there is no such setting; video.codec is near");
  EXPECT_EQ(ErrorOf("bitrate: 1Mbps"),
            "test.yaml:1: bitrate: there is no such setting; video.bitrate is near");
  EXPECT_EQ(ErrorOf("up:\n  shape_of_the_loss: 5"),
            "test.yaml:2: up.shape_of_the_loss: there is no such setting; up has rate, delay, "
            "jitter, loss, queue");
  EXPECT_EQ(ErrorOf("completely_different: 5"),
            "test.yaml:1: completely_different: there is no such setting");
  EXPECT_EQ(ErrorOf("video: vp8"),
            "test.yaml:1: video: is a section; below it go codec, "
            "simulcast, mode, width, height, bitrate, fps, "
            "keyframe_interval, replay");
}

TEST(ScenarioFile, RefusesASettingThatIsGivenTwice) {
  EXPECT_EQ(ErrorOf("rooms: 2\nrooms: 3"), "test.yaml:2: rooms: is given twice");
}

TEST(ScenarioFile, SaysWhichOfTwoSettingsContradictsTheOther) {
  EXPECT_EQ(ErrorOf("video:\n  mode: L3T3\n  codec: vp8"),
            "test.yaml:2: video.mode: L3T3 has spatial layers, which only vp9 and av1 know");
  EXPECT_EQ(ErrorOf("video: {codec: vp9, mode: L2T1, simulcast: true}"),
            "test.yaml:1: video.simulcast: true, but video.mode L2T1 has spatial layers: it is "
            "either the one or the other");
  EXPECT_EQ(ErrorOf("publishers: 0"),
            "test.yaml:1: publishers: 0, and no subscribers: nobody is there");
  EXPECT_EQ(ErrorOf("rooms: 100000\nsubscribers: 100000"),
            "test.yaml:1: rooms: makes 10000200000 participants, of which there may be 100000");
  EXPECT_EQ(ErrorOf("mute_storm: {every: 4s}"),
            "test.yaml: mute_storm.lasts: has to be shorter than mute_storm.every");
  EXPECT_EQ(ErrorOf("duration: 24h\nchurn_per_minute: 60000"),
            "test.yaml:2: churn_per_minute: would happen 172800000 times, of which there may be "
            "5000000");
  EXPECT_THAT(ErrorOf("video: {codec: none}\naudio: {codec: none}"),
              testing::HasSubstr("publishers send nothing"));
}

TEST(ScenarioFile, ThatIsNoYamlIsRefusedInOneLine) {
  EXPECT_EQ(ErrorOf("rooms: 2\nvideo: [}"), "test.yaml:2: is no YAML: illegal flow end");
  EXPECT_EQ(ErrorOf("[1, 2]"),
            "test.yaml:1: a scenario consists of settings and their values (rooms: 2)");
  EXPECT_EQ(ErrorOf("rooms: 2\n---\nrooms: 3"), "test.yaml: has more than one document (---)");
  EXPECT_EQ(ErrorOf("[a, b]: 2"), "test.yaml:1: scenario: a key has to be a word");
  EXPECT_EQ(ErrorOf(std::string(300'000, '#')),
            "test.yaml: is larger than a scenario ever is (256 kB)");
}

TEST(ScenarioFile, DoesNotRepeatWhatCannotBePrinted) {
  EXPECT_EQ(ErrorOf("\"a\\nb\": 1"), "test.yaml:1: \"a?b\": there is no such setting");
  EXPECT_EQ(ErrorOf("name: \"a\\tb\""),
            "test.yaml:1: name: \"a?b\" is not a text of 1..64 characters on one line");
}

TEST(ScenarioFile, ThatIsDeeplyNestedIsRefused) {
  for (const char* nest : {"[", "{a: ", "- ", "? ", "a: [", "!"}) {
    std::string text;
    while (text.size() < 200'000) text += nest;
    EXPECT_THAT(ErrorOf(text), testing::StartsWith("test.yaml:1: ")) << nest;
  }
}

TEST(ScenarioFile, ThatRefersToItselfEnds) {
  EXPECT_THAT(ErrorOf("video: &v\n  codec: *v"), testing::HasSubstr("video.codec: needs one"));
  EXPECT_THAT(ErrorOf("video: &v\n  video: *v"), testing::HasSubstr("no such setting"));
}

TEST(ScenarioFile, IsWrittenSoThatItReadsTheSame) {
  Scenario scenario;
  scenario.name = R"(50% "quoted": #\ yes)";
  scenario.seed = UINT64_MAX;
  scenario.joins_per_second = 0.1;
  scenario.duration = milliseconds(90'500);
  scenario.layout = Layout::kEveryone;
  scenario.video.codec = Codec::kVp9;
  scenario.video.mode = *synthetic::ScalabilityMode::Parse("S3T3");
  scenario.video.simulcast = false;
  scenario.video.keyframe_interval = seconds(10);
  scenario.audio.on = false;
  scenario.up.loss = 0.0123456789;
  scenario.up.rate = DataRate::BitsPerSecond(123'457);
  scenario.down.delay = std::chrono::microseconds(1'250);
  scenario.mute_storm = {.every = seconds(9), .share = 1.0 / 3, .lasts = seconds(1)};
  scenario.data = true;
  scenario.verify = Verify::kNone;
  const auto again = ReadScenario(WriteScenario(scenario), "written");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, scenario);
}

TEST(ScenarioFile, IsWrittenWithEverySetting) {
  const std::string written = WriteScenario(Scenario());
  EXPECT_THAT(written, testing::HasSubstr("name: \"unnamed\"\nseed: 1\nrooms: 1\n"));
  EXPECT_THAT(written, testing::HasSubstr("\nvideo:\n  codec: vp8\n  simulcast: auto\n"));
  EXPECT_THAT(written, testing::HasSubstr("\nup:\n  rate: unlimited\n  delay: 0s\n"));
  EXPECT_THAT(written, testing::EndsWith("\nverify: sample\n"));
  const auto again = ReadScenario(written, "written");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, Scenario());
}

// A folder of this test, removed with it.
class ScenarioOnDisk : public testing::Test {
 protected:
  ScenarioOnDisk() { std::filesystem::create_directories(folder_); }
  ~ScenarioOnDisk() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, std::string_view text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("scenario_" + std::to_string(getpid()));
};

TEST_F(ScenarioOnDisk, IsNamedAfterItsFileUnlessItHasAName) {
  auto read = ReadScenarioFile(Write("evening.yaml", "rooms: 2"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->name, "evening");
  read = ReadScenarioFile(Write("evening.yaml", "name: morning"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->name, "morning");
}

TEST_F(ScenarioOnDisk, FindsRecordingsFromItsFolder) {
  const auto read =
      ReadScenarioFile(Write("s.yaml", "video: {replay: clip.ivf}\naudio: {replay: /a.ogg}"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->video.replay, (folder_ / "clip.ivf").string());
  EXPECT_EQ(read->audio.replay, "/a.ogg");
}

TEST_F(ScenarioOnDisk, ThatIsNotThereIsToldByItsName) {
  const std::string path = (folder_ / "none.yaml").string();
  EXPECT_EQ(ReadScenarioFile(path).status().message(), path + ": No such file or directory");
  EXPECT_EQ(ReadScenarioFile(folder_.string()).status().message(),
            folder_.string() + ": is a folder, not a scenario");
}

TEST_F(ScenarioOnDisk, ThatIsWrongIsToldByItsPath) {
  const std::string path = Write("wrong.yaml", "\nrooms: 0");
  EXPECT_EQ(ReadScenarioFile(path).status().message(),
            path + ":2: rooms: \"0\" is not a number in 1..100000");
}

}  // namespace
}  // namespace stellwerk::load
