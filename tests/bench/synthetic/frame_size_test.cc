// How large a camera's pictures are: steady, like an encoder's, at another rate, or a recording's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/synthetic/frame_sizer.h"
#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/rate_split.h"
#include "bench/synthetic/video_source.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};
constexpr TimeDelta kInterval = 33ms;

std::size_t SizeOf(const MediaFrame& picture) {
  std::size_t size = 0;
  for (const auto& payload : picture.payloads) size += payload.size();
  return size;
}

DataRate RateOver(VideoSource& source, int pictures) {
  std::size_t size = 0;
  TimeDelta time{};
  for (int i = 0; i < pictures; ++i) {
    size += SizeOf(source.NextFrame(kStart + time));
    time += source.interval();
  }
  return DataSize::Bytes(static_cast<int64_t>(size)) / time;
}

VideoConfig Camera(DataRate rate) {
  VideoConfig config;
  config.mode = {.spatial_layers = 1, .temporal_layers = 1};
  config.layers = {{"", {1280, 720}, rate}};
  return config;
}

std::shared_ptr<const MediaClip> Clip() {
  auto clip = std::make_shared<MediaClip>();
  clip->codec = Codec::kVp8;
  clip->resolution = {640, 360};
  clip->frames = {{.at = 0ms, .size = 9000, .keyframe = true},
                  {.at = 40ms, .size = 1000},
                  {.at = 100ms, .size = 2000},
                  {.at = 120ms, .size = 3000}};
  clip->length = 160ms;
  return clip;
}

TEST(FrameSizerTest, AsItStandsOnlyKeyframesDiffer) {
  FrameSizer sizer({}, kInterval, 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sizer.Next(i == 5), i == 5 ? 5 : 1);
}

TEST(FrameSizerTest, AnEncodersSizesVaryAroundTheMeanThatIsWanted) {
  FrameSizer sizer(FrameSizes::LikeAnEncoder(), kInterval, 3);
  std::vector<double> sizes;
  double keyframes = 0;
  double sum = 0;
  constexpr int kFrames = 30'000;
  for (int i = 0; i < kFrames; ++i) {
    const bool key = i % 300 == 0;
    const double size = sizer.Next(key);
    ASSERT_GT(size, 0);
    sum += size;
    if (key) keyframes += size / (kFrames / 300);
    if (i % 300 > 150) sizes.push_back(size);  // long after a keyframe
  }
  EXPECT_NEAR(sum / kFrames, 1, 0.01);  // keyframes are paid for
  EXPECT_GT(keyframes, 5);
  EXPECT_LT(keyframes, 8);
  double variance = 0;
  for (const double size : sizes) variance += (size - 1) * (size - 1);
  EXPECT_NEAR(std::sqrt(variance / static_cast<double>(sizes.size())), 0.2, 0.03);
}

TEST(FrameSizerTest, TheSameSeedGivesTheSameSizes) {
  const auto sizes = [](uint64_t seed) {
    FrameSizer sizer(FrameSizes::LikeAnEncoder(), kInterval, seed);
    std::vector<double> out(50);
    for (double& size : out) size = sizer.Next(false);
    return out;
  };
  EXPECT_EQ(sizes(4), sizes(4));
  EXPECT_NE(sizes(4), sizes(5));
}

TEST(VideoRateTest, KeyframesEverySecondDoNotRaiseAnEncodersRate) {
  SeededRandom random(1);
  VideoConfig config = Camera(DataRate::KilobitsPerSecond(1000));
  config.keyframe_interval = 30;
  config.frame_sizes = FrameSizes::LikeAnEncoder();
  VideoSource source(config, 0, random);
  EXPECT_NEAR(static_cast<double>(RateOver(source, 1800).bps()), 1e6, 3e4);
  EXPECT_EQ(source.keyframes(), 60U);
}

TEST(VideoRateTest, ARateThatIsSetWhileItRunsIsKept) {
  SeededRandom random(1);
  VideoSource source(Camera(DataRate::KilobitsPerSecond(1000)), 0, random);
  RateOver(source, 30);
  source.SetRate(DataRate::KilobitsPerSecond(400));
  EXPECT_NEAR(static_cast<double>(RateOver(source, 300).bps()), 4e5, 1e4);
  source.SetRate(DataRate::KilobitsPerSecond(2000));
  EXPECT_NEAR(static_cast<double>(RateOver(source, 300).bps()), 2e6, 4e4);
}

TEST(VideoRateTest, SpatialLayersWithoutARateAreNotSentAndComeBackWithAKeyframe) {
  SeededRandom random(1);
  VideoSource source(SvcConfig(1, Codec::kVp9, "L3T1"), 0, random);
  source.NextFrame(kStart);
  const auto kbps = [](int64_t rate) { return DataRate::KilobitsPerSecond(rate); };
  source.SetSpatialRates(std::vector{kbps(100), kbps(200), kbps(0)});
  EXPECT_EQ(source.spatial_layers(), 2U);
  EXPECT_FALSE(source.NextFrame(kStart).keyframe);
  EXPECT_NEAR(static_cast<double>(RateOver(source, 300).bps()), 3e5, 1e4);
  source.SetSpatialRates(std::vector{kbps(100), kbps(300), kbps(900)});
  EXPECT_EQ(source.spatial_layers(), 3U);
  EXPECT_TRUE(source.NextFrame(kStart).keyframe);
  EXPECT_NEAR(static_cast<double>(RateOver(source, 300).bps()), 1.3e6, 5e4);
}

TEST(VideoReplayTest, PicturesComeAsRecordedAgainAndAgain) {
  SeededRandom random(1);
  const auto clip = Clip();
  const VideoConfig config = ReplayConfig(1, clip);
  EXPECT_EQ(config.frames_per_second, 25);
  EXPECT_EQ(config.layers.front().bitrate.bps(), 15000 * 8 * 1000 / 160);
  VideoSource source(config, 0, random);
  Timestamp at = kStart;
  for (std::size_t i = 0; i < 12; ++i) {
    const ClipFrame& frame = clip->frames[i % 4];
    EXPECT_EQ(at - kStart, 160ms * (i / 4) + frame.at);
    const MediaFrame picture = source.NextFrame(at);
    EXPECT_EQ(picture.keyframe, frame.keyframe);
    // Payload descriptors come on top, and packets are equally large.
    EXPECT_NEAR(static_cast<double>(SizeOf(picture)), frame.size, 120) << i;
    for (const auto& payload : picture.payloads) EXPECT_TRUE(ReadMark(payload));
    at += source.interval();
  }
}

TEST(VideoReplayTest, AKeyframeThatIsAskedForIsAsLargeAsOne) {
  SeededRandom random(1);
  VideoSource source(ReplayConfig(1, Clip()), 0, random);
  source.NextFrame(kStart);
  source.RequestKeyframe();
  const MediaFrame picture = source.NextFrame(kStart + 40ms);
  EXPECT_TRUE(picture.keyframe);
  EXPECT_GT(SizeOf(picture), 8900U);
  EXPECT_FALSE(source.NextFrame(kStart + 100ms).keyframe);
}

TEST(VideoReplayTest, LowerEncodingsAreSmallerByTheirRates) {
  SeededRandom random(1);
  VideoConfig config = ReplayConfig(1, Clip());
  const DataRate full = config.layers.front().bitrate;
  config.layers = {{"h", {320, 180}, DataRate::BitsPerSecond(full.bps() / 4)},
                   {"f", {640, 360}, full}};
  VideoSource low(config, 0, random);
  VideoSource high(config, 1, random);
  EXPECT_NEAR(static_cast<double>(SizeOf(low.NextFrame(kStart))), 9000 / 4, 100);
  EXPECT_NEAR(static_cast<double>(SizeOf(high.NextFrame(kStart))), 9000, 150);
  high.SetRate(DataRate::BitsPerSecond(full.bps() / 2));
  EXPECT_NEAR(static_cast<double>(SizeOf(high.NextFrame(kStart))), 1000 / 2, 60);
  // One that was not sent for a while is where the other is.
  low.SkipFrame();
  EXPECT_EQ(low.interval(), high.interval());
}

TEST(RateSplitTest, LowerEncodingsComeFirstAndTheHighestTakesWhatIsLeft) {
  const auto kbps = [](int64_t rate) { return DataRate::KilobitsPerSecond(rate); };
  const std::vector<EncodingDemand> all = {
      {.full = kbps(150), .floor = 0.2}, {.full = kbps(500)}, {.full = kbps(1500)}};
  using Rates = std::vector<DataRate>;
  EXPECT_EQ(SplitRate(kbps(5000), all), (Rates{kbps(150), kbps(500), kbps(1500)}));
  EXPECT_EQ(SplitRate(kbps(1650), all), (Rates{kbps(150), kbps(500), kbps(1000)}));
  EXPECT_EQ(SplitRate(kbps(1500), all), (Rates{kbps(150), kbps(500), kbps(0)}));
  EXPECT_EQ(SplitRate(kbps(460), all), (Rates{kbps(150), kbps(310), kbps(0)}));
  EXPECT_EQ(SplitRate(kbps(440), all), (Rates{kbps(150), kbps(0), kbps(0)}));
  EXPECT_EQ(SplitRate(kbps(100), all), (Rates{kbps(100), kbps(0), kbps(0)}));
  EXPECT_EQ(SplitRate(kbps(5), all), (Rates{kbps(30), kbps(0), kbps(0)}));
}

TEST(RateSplitTest, WhatNobodyWantsTakesNothingAndAFloorIsAlwaysMet) {
  const auto kbps = [](int64_t rate) { return DataRate::KilobitsPerSecond(rate); };
  using Rates = std::vector<DataRate>;
  EXPECT_EQ(SplitRate(kbps(600), std::vector<EncodingDemand>{{.full = kbps(40), .floor = 1},
                                                             {.full = kbps(150), .wanted = false},
                                                             {.full = kbps(500)}}),
            (Rates{kbps(40), kbps(0), kbps(500)}));
  EXPECT_EQ(SplitRate(kbps(30), std::vector<EncodingDemand>{{.full = kbps(40), .floor = 1},
                                                            {.full = kbps(500)},
                                                            {.full = kbps(100), .floor = 0.2}}),
            (Rates{kbps(40), kbps(0), kbps(20)}));
}

}  // namespace
}  // namespace stellwerk::synthetic
