#include <gtest/gtest.h>

#include "bench/synthetic/opus_source.h"
#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/vp8_source.h"
#include "rtc/codec/payload_info.h"
#include "rtc/codec/vp8_descriptor.h"

namespace stellwerk::synthetic {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

TEST(PayloadMarkTest, IsReadAsItWasWritten) {
  const PayloadMark mark{.source = 9,
                         .encoding = 2,
                         .keyframe = true,
                         .packet = 3,
                         .packets = 4,
                         .frame = 77,
                         .captured = kStart};
  for (const std::size_t size : {PayloadMark::kSize, PayloadMark::kSize + 1, std::size_t{1000}}) {
    std::vector<uint8_t> bytes(size);
    WriteMark(mark, bytes);
    EXPECT_EQ(ReadMark(bytes), mark);
  }
}

TEST(PayloadMarkTest, AnyChangedByteShows) {
  std::vector<uint8_t> bytes(101);
  WriteMark({.source = 9, .captured = kStart}, bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 0x10;
    // The two reserved bytes are covered as well.
    EXPECT_EQ(ReadMark(bytes), std::nullopt) << i;
    bytes[i] ^= 0x10;
  }
  bytes.pop_back();
  EXPECT_EQ(ReadMark(bytes), std::nullopt);
  EXPECT_EQ(ReadMark({}), std::nullopt);
}

TEST(Vp8SourceTest, FramesAreWhatAForwarderTakesForVp8) {
  SeededRandom random(1);
  VideoConfig config;
  Vp8Source source(config, 2, random);
  for (int i = 0; i < 40; ++i) {
    if (i == 20) source.RequestKeyframe();
    const MediaFrame frame = source.NextFrame(kStart);
    EXPECT_EQ(frame.keyframe, i == 0 || i == 20);
    ASSERT_FALSE(frame.payloads.empty());
    for (std::size_t p = 0; p < frame.payloads.size(); ++p) {
      EXPECT_LE(frame.payloads[p].size(), Vp8Source::kMaxPayload);
      const auto info = Inspect(Codec::kVp8, frame.payloads[p], std::nullopt);
      ASSERT_TRUE(info);
      EXPECT_EQ(info->start_of_frame, p == 0);
      EXPECT_EQ(info->is_keyframe, p == 0 && frame.keyframe);
      if (info->is_keyframe) {
        EXPECT_EQ(info->resolution, (VideoResolution{1280, 720}));
        EXPECT_EQ(info->temporal_layer, TemporalLayer(0));
      }
    }
  }
  EXPECT_EQ(source.keyframes(), 2U);
}

TEST(Vp8SourceTest, TheRateIsAboutTheConfiguredOne) {
  SeededRandom random(1);
  VideoConfig config;
  for (std::size_t layer = 0; layer < config.layers.size(); ++layer) {
    Vp8Source source(config, layer, random);
    std::size_t bytes = 0;
    for (int i = 0; i < 300; ++i) {
      for (const auto& payload : source.NextFrame(kStart).payloads) bytes += payload.size();
    }
    const double expected = static_cast<double>(config.layers[layer].bitrate.bps()) / 8 * 10;
    EXPECT_NEAR(static_cast<double>(bytes), expected, expected * 0.1) << layer;
  }
}

TEST(Vp8SourceTest, AKeyframeIntervalIsKept) {
  SeededRandom random(1);
  VideoConfig config;
  config.keyframe_interval = 10;
  Vp8Source source(config, 0, random);
  for (int i = 0; i < 35; ++i) EXPECT_EQ(source.NextFrame(kStart).keyframe, i % 10 == 0) << i;
}

TEST(OpusSourceTest, PacketsCarryTheirLevel) {
  OpusSource source({.source = 3, .level = {.level = 20, .voice_activity = true}});
  const MediaFrame frame = source.NextFrame(kStart);
  ASSERT_EQ(frame.payloads.size(), 1U);
  EXPECT_EQ(frame.level, (AudioLevel{.level = 20, .voice_activity = true}));
  source.SetLevel({.level = 127});
  EXPECT_EQ(source.NextFrame(kStart).level, (AudioLevel{.level = 127}));
}

}  // namespace
}  // namespace stellwerk::synthetic
