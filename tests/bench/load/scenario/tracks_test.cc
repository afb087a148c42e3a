#include "bench/load/scenario/tracks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace stellwerk::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using synthetic::MediaClip;

std::vector<int> WidthsOf(const synthetic::VideoConfig& config) {
  std::vector<int> widths;
  for (const auto& layer : config.layers) widths.push_back(layer.resolution.width);
  return widths;
}

TEST(Tracks, VideoOfTheDefaultsIsThatOfABrowser) {
  const auto config = ToVideoConfig(VideoSettings(), 42);
  EXPECT_EQ(config.source, 42U);
  EXPECT_EQ(config.codec, Codec::kVp8);
  ASSERT_EQ(config.layers.size(), 3U);
  EXPECT_EQ(config.layers[0].rid, "q");
  EXPECT_EQ(config.layers[0].resolution, (VideoResolution{320, 180}));
  EXPECT_EQ(config.layers[0].bitrate, DataRate::KilobitsPerSecond(150));
  EXPECT_EQ(config.layers[1].rid, "h");
  EXPECT_EQ(config.layers[1].bitrate, DataRate::KilobitsPerSecond(500));
  EXPECT_EQ(config.layers[2].rid, "f");
  EXPECT_EQ(config.layers[2].resolution, (VideoResolution{1280, 720}));
  EXPECT_EQ(config.layers[2].bitrate, DataRate::KilobitsPerSecond(1500));
  EXPECT_FALSE(config.keyframe_interval);
  EXPECT_GT(config.frame_sizes.deviation, 0);
}

TEST(Tracks, SmallVideoHasFewerEncodings) {
  VideoSettings video;
  video.width = 640;
  video.height = 360;
  EXPECT_THAT(WidthsOf(ToVideoConfig(video, 1)), testing::ElementsAre(320, 640));
  video.width = 320;
  video.height = 180;
  const auto config = ToVideoConfig(video, 1);
  EXPECT_THAT(WidthsOf(config), testing::ElementsAre(320));
  EXPECT_EQ(config.layers.front().rid, "") << "one is no simulcast";
}

TEST(Tracks, VideoWithSpatialLayersIsOneStream) {
  VideoSettings video;
  video.codec = Codec::kVp9;
  video.mode = *synthetic::ScalabilityMode::Parse("L3T3_KEY");
  video.keyframe_interval = milliseconds(2500);
  const auto config = ToVideoConfig(video, 1);
  EXPECT_THAT(WidthsOf(config), testing::ElementsAre(1280));
  EXPECT_EQ(config.mode, video.mode);
  EXPECT_EQ(config.keyframe_interval, 75);
}

TEST(Tracks, AudioHasPacketsOfItsRate) {
  AudioSettings audio;
  audio.bitrate = DataRate::KilobitsPerSecond(64);
  audio.dtx = true;
  audio.level = 20;
  auto config = ToAudioConfig(audio, 7);
  EXPECT_EQ(config.source, 7U);
  EXPECT_EQ(config.payload_bytes, 160U);
  EXPECT_EQ(config.level.level, 20);
  EXPECT_TRUE(config.dtx);
  ASSERT_TRUE(config.spurts);
  EXPECT_EQ(config.spurts->talk, audio.talk);
  EXPECT_EQ(config.spurts->silence, audio.silence);
  audio.silence = TimeDelta();
  EXPECT_FALSE(ToAudioConfig(audio, 7).spurts);
}

TEST(Tracks, RecordedVideoHasTheRecordingsSizeAndRate) {
  // 15 pictures of 1000 bytes in a second: 120 kb/s.
  MediaClip clip{
      .codec = Codec::kVp8, .resolution = {640, 480}, .frames = {}, .length = seconds(1)};
  for (int i = 0; i < 15; ++i) {
    clip.frames.push_back({.at = seconds(1) * i / 15, .size = 1000, .keyframe = i == 0});
  }
  VideoSettings video;
  video.simulcast = false;
  video.mode = *synthetic::ScalabilityMode::Parse("L1T1");
  const auto shared = std::make_shared<const MediaClip>(clip);
  const auto config = ToVideoConfig(video, 5, shared);
  EXPECT_EQ(config.replay, shared);
  EXPECT_EQ(config.source, 5U);
  EXPECT_EQ(config.frames_per_second, 15);
  ASSERT_EQ(config.layers.size(), 1U);
  EXPECT_EQ(config.layers[0].resolution, clip.resolution);
  EXPECT_EQ(config.layers[0].bitrate, DataRate::KilobitsPerSecond(120));
}

TEST(Tracks, LinksAreThoseOfTheModel) {
  const LinkConfig nothing = ToLinkConfig(LinkSettings());
  EXPECT_TRUE(nothing.capacity.points.empty());
  EXPECT_FALSE(LinkSettings().is_impaired());

  LinkSettings link;
  link.rate = DataRate::KilobitsPerSecond(500);
  link.delay = milliseconds(40);
  link.jitter = milliseconds(5);
  link.loss = 0.01;
  link.queue = milliseconds(200);
  EXPECT_TRUE(link.is_impaired());
  const LinkConfig config = ToLinkConfig(link);
  ASSERT_EQ(config.capacity.points.size(), 1U);
  EXPECT_EQ(config.capacity.points[0].rate, link.rate);
  EXPECT_EQ(config.delay, link.delay);
  EXPECT_EQ(config.jitter.amount, link.jitter);
  EXPECT_EQ(config.loss, 0.01);
  EXPECT_EQ(config.queue.max_time, link.queue);
}

// Specified nowhere, but everywhere the same: 32 bytes of header, then 12 bytes before each frame.
std::string IvfOfTwoFrames(const std::string& fourcc) {
  const auto little = [](uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
    return out;
  };
  std::string file = "DKIF" + little(0, 2) + little(32, 2) + fourcc + little(640, 2) +
                     little(360, 2) + little(30, 4) + little(1, 4) + little(2, 4) + little(0, 4);
  // A keyframe of VP8 (RFC 6386 §9.1), and another frame.
  const std::string key = std::string("\x10\x02\x00\x9d\x01\x2a", 6) + little(640, 2) +
                          little(360, 2) + std::string(20, 'x');
  const std::string other = std::string("\x11\x02\x00", 3) + std::string(7, 'x');
  file += little(key.size(), 4) + little(0, 8) + key;
  file += little(other.size(), 4) + little(1, 8) + other;
  return file;
}

class ClipOnDisk : public testing::Test {
 protected:
  ~ClipOnDisk() override { std::filesystem::remove(path_); }
  void Write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  const std::string path_ = testing::TempDir() + "clip_" + std::to_string(getpid()) + ".ivf";
};

TEST_F(ClipOnDisk, IsReadForAll) {
  Write(IvfOfTwoFrames("VP80"));
  Scenario scenario;
  scenario.video.replay = path_;
  const auto clips = ReadClips(scenario);
  ASSERT_TRUE(clips.ok()) << clips.status();
  ASSERT_NE(clips->video, nullptr);
  EXPECT_EQ(clips->video->frames.size(), 2U);
  EXPECT_EQ(clips->audio, nullptr);
}

TEST_F(ClipOnDisk, OfAnotherCodecIsRefused) {
  Write(IvfOfTwoFrames("VP80"));
  Scenario scenario;
  scenario.video.replay = path_;
  scenario.video.codec = Codec::kVp9;
  EXPECT_EQ(ReadClips(scenario).status().message(),
            "video.replay: " + path_ + " is not in the codec of video.codec");
  scenario.video.replay = "";
  scenario.audio.replay = path_;
  EXPECT_EQ(ReadClips(scenario).status().message(),
            "audio.replay: " + path_ + " is not in the codec of audio.codec");
}

TEST_F(ClipOnDisk, ThatIsNoneIsToldBySettingAndName) {
  Scenario scenario;
  scenario.video.replay = path_;
  EXPECT_THAT(std::string(ReadClips(scenario).status().message()),
              testing::StartsWith("video.replay: " + path_ + ": "));
  Write("something else, and longer than a header of thirty-two bytes");
  EXPECT_THAT(std::string(ReadClips(scenario).status().message()),
              testing::StartsWith("video.replay: " + path_ + ": "));
  scenario.video.codec.reset();
  EXPECT_TRUE(ReadClips(scenario).ok()) << "nobody needs it";
}

}  // namespace
}  // namespace stellwerk::load
