#include "rtc/codec/vp9_descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

TEST(Vp9Descriptor, ReadsAKeyframeOfChromium) {
  // I, L, F, B, E, V; 15-bit picture id; switching point; one layer of 320x180.
  const auto payload = FromHex("beeab31010014000b4834983420013f00b30d0e090706520");
  const auto parsed = Vp9Descriptor::Parse(payload);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->IsKeyframe());
  EXPECT_TRUE(parsed->start_of_frame);
  EXPECT_TRUE(parsed->end_of_frame);
  EXPECT_TRUE(parsed->flexible_mode);
  EXPECT_EQ(parsed->picture_id, 0x6AB3);
  EXPECT_TRUE(parsed->switching_up_point);
  EXPECT_EQ(parsed->spatial_layer, SpatialLayer(0));
  EXPECT_FALSE(parsed->tl0_picture_index.has_value()) << "not in flexible mode";
  EXPECT_EQ(parsed->spatial_layer_count, 1);
  EXPECT_EQ(parsed->resolutions[0], (VideoResolution{.width = 320, .height = 180}));
  EXPECT_EQ(parsed->size, 9U);
  EXPECT_EQ(payload[parsed->size], 0x83) << "the VP9 frame marker";
}

TEST(Vp9Descriptor, ReadsADeltaFrameOfChromium) {
  const auto parsed = Vp9Descriptor::Parse(FromHex("fddb7b50028700000004fe02ceb2"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_FALSE(parsed->IsKeyframe());
  EXPECT_EQ(parsed->temporal_layer, TemporalLayer(2));
  EXPECT_TRUE(parsed->switching_up_point);
  EXPECT_EQ(parsed->reference_count, 1);
  EXPECT_EQ(parsed->reference_differences[0], 1);
  EXPECT_EQ(parsed->size, 5U);
}

TEST(Vp9Descriptor, ReadsNonFlexibleModeWithAPictureGroup) {
  // I=0 P=0 L=1 F=0 B=1 E=0 V=1: layer indices, TL0PICIDX, two layers without sizes, a group of 2
  // pictures.
  const auto parsed = Vp9Descriptor::Parse(FromHex("2a 42 07 28 02 14 01 58 0203 83"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->temporal_layer, TemporalLayer(2));
  EXPECT_EQ(parsed->spatial_layer, SpatialLayer(1));
  EXPECT_FALSE(parsed->IsKeyframe()) << "the upper spatial layer";
  EXPECT_EQ(parsed->tl0_picture_index, 7);
  EXPECT_EQ(parsed->spatial_layer_count, 2);
  EXPECT_FALSE(parsed->has_resolutions);
  EXPECT_EQ(parsed->size, 10U);
}

TEST(Vp9Descriptor, RejectsAFourthReferenceAndTruncation) {
  EXPECT_EQ(Vp9Descriptor::Parse(FromHex("50 03050709")).error(), DropReason::kMalformed);
  const auto bytes = FromHex("beeab31010014000b4");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Vp9Descriptor::Parse(std::span(bytes).first(size)).has_value()) << size;
  }
}

}  // namespace
}  // namespace stellwerk
