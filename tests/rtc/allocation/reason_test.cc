#include "tests/rtc/allocation/view_fixture.h"

namespace stellwerk {
namespace {

using allocation_testing::Kbps;
using allocation_testing::MakeLayer;
using allocation_testing::milliseconds;
using allocation_testing::seconds;
using allocation_testing::ThreeBySimulcast;
using allocation_testing::View;

TEST(Reason, NoSourceAndPausedGetNothing) {
  View view;
  view.AddSlot().request.source.reset();
  view.AddSlot({});
  view.AddSlot().request.paused = true;
  view.Allocate(Kbps(5000));
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kNoSource);
  EXPECT_EQ(view.ReasonOf(1), LayerReason::kNoSource);
  EXPECT_EQ(view.ReasonOf(2), LayerReason::kPaused);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(view.TargetOf(i), std::nullopt);
  EXPECT_EQ(view.result().wanted, Kbps(0));
}

TEST(Reason, TheBestAndTheBestThatWasAskedFor) {
  View view;
  view.AddSlot();
  view.AddSlot().request.demand.height = 360;
  view.Run(milliseconds(200), Kbps(5000));
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kBest);
  EXPECT_EQ(view.ReasonOf(1), LayerReason::kDemand);
}

TEST(Reason, ASwitchThatIsWaitedFor) {
  View view;
  view.AddSlot().switches = false;
  view.Run(seconds(1), Kbps(5000));
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kSwitching);
  view[0].request.current = MakeLayer(2, 2);
  view.Allocate(Kbps(5000));
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kBest);
}

TEST(Reason, BandwidthThenHoldingThenBest) {
  View view;
  view.AddSlot();
  view.Run(seconds(1), Kbps(200));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(0, 2));
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kBandwidth);
  view.Allocate(Kbps(2000));
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kHolding);
  EXPECT_GT(view.result().next_change, view.now());
  EXPECT_LE(view.result().next_change, view.now() + milliseconds(300));
  view.Run(seconds(1), Kbps(2000));
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kBest);
  view.Allocate(Kbps(30));
  EXPECT_EQ(view.TargetOf(0), std::nullopt);
  EXPECT_EQ(view.ReasonOf(0), LayerReason::kBandwidth);
}

TEST(Reason, ALayerThatIsNotResumedIsNotReservedForForEver) {
  auto options = ThreeBySimulcast();
  for (std::size_t i = 6; i < 9; ++i) options[i].active = false;
  View view;
  auto& slot = view.AddSlot(options);
  slot.switches = false;
  slot.request.current = MakeLayer(1, 2);
  view.AddSlot();
  view.Run(seconds(2), Kbps(2300));
  EXPECT_EQ(view.TargetOf(0)->encoding, 2) << "asking for it is what resumes it";
  view.Run(seconds(5), Kbps(2300));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(1, 2));
  EXPECT_EQ(view.TargetOf(1), MakeLayer(2, 2)) << "the other one gets what was reserved";
  for (LayerOption& option : slot.options) option.active = true;
  slot.switches = true;
  view.Run(seconds(2), Kbps(4000));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(2, 2));
}

}  // namespace
}  // namespace stellwerk
