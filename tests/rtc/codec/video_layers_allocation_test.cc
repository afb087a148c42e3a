#include "rtc/codec/video_layers_allocation.h"

#include <gtest/gtest.h>

#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

TEST(VideoLayersAllocationTest, ReadsOneStreamWithItsResolution) {
  // A camera of 320x240 at 15 fps and 279 kbit/s.
  const auto allocation = VideoLayersAllocation::Parse(FromHex("01 00 9702 013f 00ef 0f"));
  ASSERT_TRUE(allocation);
  ASSERT_EQ(allocation->layers().size(), 1U);
  const auto& layer = allocation->layers()[0];
  EXPECT_EQ(layer.temporal_layer_count, 1);
  EXPECT_EQ(layer.rates[0], DataRate::KilobitsPerSecond(279));
  EXPECT_EQ(layer.resolution, (VideoResolution{.width = 320, .height = 240}));
  EXPECT_EQ(layer.frame_rate, 15);
}

TEST(VideoLayersAllocationTest, ReadsASimulcastOfWhichTheSecondStreamIsOff) {
  // Sent on the third of three: masks 1, 0, 1; three and two temporal layers.
  const auto allocation = VideoLayersAllocation::Parse(FromHex("a0 10 10 90 10 20 30 8007 8010"));
  ASSERT_TRUE(allocation);
  EXPECT_EQ(allocation->stream, 2);
  ASSERT_EQ(allocation->layers().size(), 2U);
  EXPECT_EQ(allocation->layers()[0].stream, 0);
  EXPECT_EQ(allocation->layers()[0].temporal_layer_count, 3);
  EXPECT_EQ(allocation->layers()[0].rates[2], DataRate::KilobitsPerSecond(0x30));
  EXPECT_EQ(allocation->layers()[1].stream, 2);
  EXPECT_EQ(allocation->layers()[1].temporal_layer_count, 2);
  EXPECT_EQ(allocation->layers()[1].rates[1], DataRate::KilobitsPerSecond(0x800));
  EXPECT_EQ(allocation->layers()[1].resolution, VideoResolution());
}

TEST(VideoLayersAllocationTest, ReadsSpatialLayersOfOneStream) {
  const auto allocation = VideoLayersAllocation::Parse(FromHex("07 00 01 02 03"));
  ASSERT_TRUE(allocation);
  ASSERT_EQ(allocation->layers().size(), 3U);
  EXPECT_EQ(allocation->layers()[2].spatial_layer, SpatialLayer(2));
}

TEST(VideoLayersAllocationTest, NothingIsSentAndNothingIsSaid) {
  const auto off = VideoLayersAllocation::Parse(FromHex("00"));
  ASSERT_TRUE(off);
  EXPECT_TRUE(off->layers().empty());
  EXPECT_FALSE(VideoLayersAllocation::Parse({}));
  EXPECT_FALSE(VideoLayersAllocation::Parse(FromHex("01 00")));
  EXPECT_FALSE(VideoLayersAllocation::Parse(FromHex("01 00 ffffffffff01")));
}

}  // namespace
}  // namespace stellwerk
