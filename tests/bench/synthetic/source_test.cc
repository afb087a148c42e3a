#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bench/synthetic/opus_source.h"
#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/video_source.h"
#include "rtc/codec/payload_info.h"
#include "rtc/codec/vp8_descriptor.h"

namespace stellwerk::synthetic {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

TEST(PayloadMarkTest, IsReadAsItWasWritten) {
  PayloadMark mark{.source = 9,
                   .encoding = 2,
                   .keyframe = true,
                   .opaque = true,
                   .spatial = 2,
                   .temporal = 1,
                   .packet = 3,
                   .packets = 4,
                   .frame = 77,
                   .picture = 26,
                   .captured = kStart,
                   .reference_count = 2,
                   .references = {12, 1}};
  for (const std::size_t more : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
    std::vector<uint8_t> bytes(5 + more + PayloadMark::kSize);
    mark.covered = static_cast<uint16_t>(more);
    WriteMark(mark, 5, bytes);
    EXPECT_EQ(ReadMark(bytes), mark);
  }
}

TEST(PayloadMarkTest, AnyChangedByteThatItCoversShows) {
  std::vector<uint8_t> bytes(101);
  const auto covered = static_cast<uint16_t>(90 - PayloadMark::kSize);
  WriteMark({.source = 9, .captured = kStart, .covered = covered}, 11, bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 0x10;
    // What stands before it may be rewritten on the way.
    EXPECT_EQ(ReadMark(bytes).has_value(), i < 11) << i;
    bytes[i] ^= 0x10;
  }
  bytes.pop_back();
  EXPECT_EQ(ReadMark(bytes), std::nullopt);
  EXPECT_EQ(ReadMark({}), std::nullopt);
}

TEST(Vp8SourceTest, FramesAreWhatAForwarderTakesForVp8) {
  SeededRandom random(1);
  VideoConfig config;
  VideoSource source(config, 2, random);
  for (int i = 0; i < 40; ++i) {
    if (i == 20) source.RequestKeyframe();
    const MediaFrame frame = source.NextFrame(kStart);
    EXPECT_EQ(frame.keyframe, i == 0 || i == 20);
    ASSERT_FALSE(frame.payloads.empty());
    for (std::size_t p = 0; p < frame.payloads.size(); ++p) {
      EXPECT_LE(frame.payloads[p].size(), VideoSource::kMaxPayload);
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

TEST(VideoSourceTest, TheRateIsAboutTheConfiguredOne) {
  SeededRandom random(1);
  VideoConfig config;
  for (std::size_t layer = 0; layer < config.layers.size(); ++layer) {
    VideoSource source(config, layer, random);
    std::size_t bytes = 0;
    for (int i = 0; i < 300; ++i) {
      for (const auto& payload : source.NextFrame(kStart).payloads) bytes += payload.size();
    }
    const double expected = static_cast<double>(config.layers[layer].bitrate.bps()) / 8 * 10;
    EXPECT_NEAR(static_cast<double>(bytes), expected, expected * 0.1) << layer;
  }
}

// As libwebrtc's packetizers split: see PayloadSizes().
class PacketSizeTest : public testing::TestWithParam<Codec> {};

TEST_P(PacketSizeTest, PacketsOfAFrameAreAlikeWithItsHeaderAndTheLargerOnesAreLast) {
  SeededRandom random(1);
  VideoConfig config = SvcConfig(1, GetParam(), "L1T1");
  config.frame_sizes = FrameSizes::LikeAnEncoder();
  config.keyframe_interval = 30;
  VideoSource source(config, 0, random);
  int split = 0;
  for (int i = 0; i < 200; ++i) {
    const MediaFrame frame = source.NextFrame(kStart);
    std::vector<std::size_t> sizes;
    for (const auto& payload : frame.payloads) sizes.push_back(payload.size());
    // Its parameter sets are no part of the picture.
    if (GetParam() == Codec::kH264 && frame.keyframe) sizes.erase(sizes.begin());
    EXPECT_LE(sizes.back() - sizes.front(), 1U) << i;
    EXPECT_TRUE(std::is_sorted(sizes.begin(), sizes.end())) << i;
    EXPECT_LE(sizes.back(), VideoSource::kMaxPayload) << i;
    if (sizes.size() > 2 && sizes.front() != sizes.back()) ++split;
  }
  EXPECT_GT(split, 50);  // else all came out even
}

TEST_P(PacketSizeTest, WhatOnlyTheFirstHasOfExtensionsItsPayloadHasLess) {
  SeededRandom random(1);
  VideoConfig config = SvcConfig(1, GetParam(), "L1T3");
  config.keyframe_interval = 10;
  VideoSource source(config, 0, random, /*with_descriptors=*/true);
  for (int i = 0; i < 30; ++i) {
    const MediaFrame frame = source.NextFrame(kStart);
    std::vector<std::size_t> sizes;
    for (std::size_t p = 0; p < frame.payloads.size(); ++p) {
      sizes.push_back(frame.payloads[p].size() + (frame.descriptors[p].size() + 3) / 4 * 4);
    }
    if (GetParam() == Codec::kH264 && frame.keyframe) sizes.erase(sizes.begin());
    const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
    EXPECT_LE(*most - *least, 5U) << i;  // the rounding, and what is split
    if (!frame.keyframe) {
      EXPECT_LE(*most - *least, 1U) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, PacketSizeTest,
                         testing::Values(Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1));

TEST(VideoSourceTest, AKeyframeIntervalIsKept) {
  SeededRandom random(1);
  VideoConfig config;
  config.keyframe_interval = 10;
  VideoSource source(config, 0, random);
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
