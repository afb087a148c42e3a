#include "rtc/consumer/temporal_switch.h"

#include <gtest/gtest.h>

#include "rtc/consumer/vp8_layer_filter.h"

namespace stellwerk {
namespace {

constexpr TemporalLayer kT0{0};
constexpr TemporalLayer kT1{1};
constexpr TemporalLayer kT2{2};

TEST(TemporalSwitchTest, GoesUpALayerOnlyWithAFrameThatNeedsNothingOfIt) {
  TemporalSwitch layers;
  layers.SetLimit(kT0);
  layers.Start();
  EXPECT_TRUE(layers.OnFrame(kT0, false));
  EXPECT_FALSE(layers.OnFrame(kT1, false));
  layers.SetLimit(kT1);
  EXPECT_FALSE(layers.OnFrame(kT1, false));
  EXPECT_TRUE(layers.OnFrame(kT1, true));
  EXPECT_TRUE(layers.OnFrame(kT1, false));
  EXPECT_EQ(layers.layer(), kT1);
}

TEST(TemporalSwitchTest, ALayerAboveAnotherNeedsThatToo) {
  TemporalSwitch layers;
  layers.SetLimit(kT0);
  layers.Start();
  layers.SetLimit(kT2);
  EXPECT_TRUE(layers.OnFrame(kT2, true)) << "needs the base only";
  EXPECT_EQ(layers.layer(), kT0);
  EXPECT_FALSE(layers.OnFrame(kT1, false));
  EXPECT_FALSE(layers.OnFrame(kT2, false)) << "may need the one before";
  EXPECT_TRUE(layers.OnFrame(kT1, true));
  EXPECT_FALSE(layers.OnFrame(kT2, false)) << "the chain is broken";
  EXPECT_TRUE(layers.OnFrame(kT2, true));
  EXPECT_TRUE(layers.OnFrame(kT2, false));
  EXPECT_EQ(layers.layer(), kT2);
}

TEST(TemporalSwitchTest, GoesDownAtOnceAndToTheHighestLayerThereIs) {
  TemporalSwitch layers;
  layers.Start();
  layers.OnFrame(kT2, false);
  EXPECT_EQ(layers.layer(), kT2) << "of any limit";
  layers.SetLimit(kT1);
  EXPECT_FALSE(layers.OnFrame(kT2, true));
  EXPECT_EQ(layers.layer(), kT1);
}

SourcePacket Vp8(int64_t timestamp, TemporalLayer layer, bool sync) {
  SourcePacket packet;
  packet.timestamp = timestamp;
  packet.newest = true;
  Vp8Descriptor descriptor;
  descriptor.temporal_layer = layer;
  descriptor.layer_sync = sync;
  packet.info.descriptor = descriptor;
  return packet;
}

TEST(Vp8LayerFilterTest, AllPacketsOfAFrameFollowItsFirst) {
  Vp8LayerFilter filter;
  SourcePacket key = Vp8(0, kT0, false);
  key.info.is_keyframe = true;
  filter.StartRun(key);
  EXPECT_TRUE(filter.OnPacket(key).pass);
  EXPECT_TRUE(filter.OnPacket(Vp8(1, kT1, false)).pass);
  filter.SetLimits({.spatial = SpatialLayer(0), .temporal = kT0});
  EXPECT_TRUE(filter.OnPacket(Vp8(1, kT1, false)).pass) << "it has begun";
  EXPECT_FALSE(filter.OnPacket(Vp8(2, kT1, true)).pass);
  filter.SetLimits({.spatial = SpatialLayer(0), .temporal = kT1});
  EXPECT_FALSE(filter.OnPacket(Vp8(2, kT1, true)).pass);
  EXPECT_TRUE(filter.OnPacket(Vp8(3, kT1, true)).pass);
}

TEST(Vp8LayerFilterTest, ALateFramePassesIfWhatItMayNeedHasPassed) {
  Vp8LayerFilter filter;
  filter.SetLimits({.spatial = SpatialLayer(0), .temporal = kT0});
  SourcePacket key = Vp8(0, kT0, false);
  key.info.is_keyframe = true;
  filter.StartRun(key);
  EXPECT_TRUE(filter.OnPacket(key).pass);
  EXPECT_FALSE(filter.OnPacket(Vp8(1, kT1, true)).pass) << "not wanted yet";
  filter.SetLimits({.spatial = SpatialLayer(0), .temporal = kT1});
  EXPECT_TRUE(filter.OnPacket(Vp8(5, kT0, false)).pass);
  EXPECT_FALSE(filter.OnPacket(Vp8(3, kT1, false)).pass) << "may need the one at 1";
  EXPECT_FALSE(filter.OnPacket(Vp8(2, kT2, false)).pass) << "may need the one at 1";
  EXPECT_TRUE(filter.OnPacket(Vp8(4, kT1, true)).pass) << "needs the base only";
  EXPECT_TRUE(filter.OnPacket(Vp8(10, kT1, true)).pass);
  EXPECT_TRUE(filter.OnPacket(Vp8(20, kT0, false)).pass);
  EXPECT_TRUE(filter.OnPacket(Vp8(14, kT1, false)).pass);
  EXPECT_TRUE(filter.OnPacket(Vp8(12, kT2, false)).pass)
      << "not wanted, but its picture id is waited for";
}

}  // namespace
}  // namespace stellwerk
