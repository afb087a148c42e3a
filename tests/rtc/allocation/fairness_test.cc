#include <algorithm>
#include <vector>

#include "tests/rtc/allocation/view_fixture.h"

namespace stellwerk {
namespace {

using allocation_testing::Kbps;
using allocation_testing::MakeLayer;
using allocation_testing::milliseconds;
using allocation_testing::seconds;
using allocation_testing::ThreeBySimulcast;
using allocation_testing::View;

// The upper one fits once into 1250 kbit/s, beside the lower one of another slot.
std::vector<LayerOption> TwoPictures() {
  return {{.layer = MakeLayer(0, 0), .rate = Kbps(150), .resolution = {320, 180}},
          {.layer = MakeLayer(1, 0), .rate = Kbps(1000), .resolution = {1280, 720}}};
}

TEST(Fairness, TheLowestLayerOfAllComesBeforeABetterOneOfAny) {
  View view;
  view.AddSlot(ThreeBySimulcast(), 255);
  view.AddSlots(8);
  view.Allocate(Kbps(9 * 60));
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(view.TargetOf(i), MakeLayer(0, 0)) << i;
}

TEST(Fairness, TooLittleForAllLowestLayersGoesByPriority) {
  View view;
  for (const uint8_t priority : {10, 200, 20, 100}) view.AddSlot(ThreeBySimulcast(), priority);
  view.Allocate(Kbps(130));
  EXPECT_EQ(view.TargetOf(0), std::nullopt);
  EXPECT_TRUE(view.TargetOf(1));
  EXPECT_EQ(view.TargetOf(2), std::nullopt);
  EXPECT_TRUE(view.TargetOf(3));
}

TEST(Fairness, TheHigherPriorityIsServedFully) {
  View view;
  view.AddSlot(ThreeBySimulcast(), 100);
  view.AddSlot(ThreeBySimulcast(), 200);
  view.Allocate(Kbps(1700));
  EXPECT_EQ(view.TargetOf(1), MakeLayer(2, 2));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(0, 2)) << "no filler: so little is left";
}

TEST(Fairness, EqualsDifferByNoMoreThanTwoLevels) {
  for (int64_t kbps = 540; kbps < 13'500; kbps += 60) {
    View view;
    view.AddSlots(9);
    view.Allocate(Kbps(kbps));
    uint8_t lowest = 9;
    uint8_t highest = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      ASSERT_TRUE(view.TargetOf(i)) << kbps;
      lowest = std::min(lowest, view.TargetOf(i)->encoding);
      highest = std::max(highest, view.TargetOf(i)->encoding);
    }
    EXPECT_LE(highest - lowest, 1) << kbps;
  }
}

TEST(Fairness, ManyCheapPicturesAreBetterThanOneDearOne) {
  View view;
  view.AddSlot({{.layer = {}, .rate = Kbps(1400), .resolution = {1280, 720}}});
  view.Run(seconds(5), Kbps(1500));
  ASSERT_TRUE(view.TargetOf(0));
  view.AddSlots(8);
  view.Run(seconds(5), Kbps(1500));
  EXPECT_EQ(view.TargetOf(0), std::nullopt);
  for (std::size_t i = 1; i < 9; ++i) EXPECT_TRUE(view.TargetOf(i)) << i;
}

TEST(Fairness, ANewcomerGetsItsLowestLayerAtOnce) {
  View view;
  view.AddSlots(2);
  view.Run(seconds(10), Kbps(1000));
  EXPECT_EQ(view.result().allocated, Kbps(1000));
  view.AddSlot();
  view.Allocate(Kbps(1000));
  EXPECT_TRUE(view.TargetOf(2));
  EXPECT_LE(view.result().allocated, Kbps(1000));
}

TEST(Fairness, ThePictureThatIsShownSmallTakesNoMoreThanItsSize) {
  View view;
  view.AddSlot().request.demand.height = 720;
  for (int i = 0; i < 8; ++i) view.AddSlot().request.demand.height = 180;
  view.Allocate(Kbps(2800));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(2, 2));
  for (std::size_t i = 1; i < 9; ++i) EXPECT_EQ(view.TargetOf(i), MakeLayer(0, 2)) << i;
  EXPECT_EQ(view.result().wanted, Kbps(1500 + 8 * 150));
}

TEST(Fairness, ARaisedPriorityTakesEffectAtOnce) {
  View view;
  view.AddSlots(2);
  view.Run(seconds(10), Kbps(1700));
  view[1].request.demand.priority = 200;
  view.Allocate(Kbps(1700));
  EXPECT_EQ(view.TargetOf(1), MakeLayer(2, 2));
  EXPECT_LE(view.result().allocated, Kbps(1700));
}

TEST(Fairness, WhoLostALayerWithTheLinkGetsItBackBeforeOthersWhoNeverHadIt) {
  View view;
  // Is first among equals, but its better picture comes late.
  view.AddSlot().options = {TwoPictures().front()};
  view.AddSlot(TwoPictures());
  view.Run(seconds(5), Kbps(1250));
  view[0].options = TwoPictures();
  view.Run(seconds(5), Kbps(1250));
  ASSERT_EQ(view.TargetOf(1), MakeLayer(1, 0));
  ASSERT_EQ(view.TargetOf(0), MakeLayer(0, 0));
  view.Run(seconds(3), Kbps(400));
  ASSERT_EQ(view.TargetOf(1), MakeLayer(0, 0));
  view.Run(seconds(5), Kbps(1250));
  EXPECT_EQ(view.TargetOf(1), MakeLayer(1, 0));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(0, 0));
  EXPECT_EQ(view[0].resolution_changes, 1) << "not even for the time that the other waited";
}

TEST(Fairness, WhatIsFreeWhileASlotWaitsIsNoHigherResolutionForAnother) {
  View view;
  view.AddSlot(TwoPictures());
  view.AddSlot(TwoPictures());
  view.Run(seconds(5), Kbps(400));
  view.Run(milliseconds(200), Kbps(1250));
  ASSERT_EQ(view.ReasonOf(0), LayerReason::kHolding);
  EXPECT_EQ(view.TargetOf(0), MakeLayer(0, 0));
  EXPECT_EQ(view.TargetOf(1), MakeLayer(0, 0));
  view.Run(seconds(5), Kbps(1250));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(1, 0));
  EXPECT_EQ(view[1].resolution_changes, 1) << "its first picture";
}

TEST(Fairness, WhatIsFreeWhileASlotWaitsMayBeMoreFramesForAnother) {
  View view;
  view.AddSlot(TwoPictures(), 200);
  auto frame_rates = ThreeBySimulcast();
  frame_rates.resize(3);
  view.AddSlot(frame_rates, 100);
  view.Run(seconds(5), Kbps(240));
  ASSERT_EQ(view.TargetOf(1), MakeLayer(0, 1));
  view.Run(milliseconds(200), Kbps(1100));
  ASSERT_EQ(view.ReasonOf(0), LayerReason::kHolding);
  EXPECT_EQ(view.TargetOf(1), MakeLayer(0, 2));
  view.Run(seconds(2), Kbps(1100));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(1, 0));
  EXPECT_EQ(view.TargetOf(1), MakeLayer(0, 1));
}

}  // namespace
}  // namespace stellwerk
