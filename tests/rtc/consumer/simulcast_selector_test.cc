#include "rtc/consumer/simulcast_selector.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using Verdict = SimulcastSelector::Verdict;

TEST(SimulcastSelectorTest, BeginsWithTheFirstKeyframeUpToTheTarget) {
  SimulcastSelector selector;
  selector.SetSource(3);
  EXPECT_EQ(selector.target(), 2);
  EXPECT_EQ(selector.OnPacket(0, false), Verdict::kIgnore);
  EXPECT_EQ(selector.OnPacket(0, true), Verdict::kStart);
  EXPECT_EQ(selector.OnPacket(0, false), Verdict::kForward);
  EXPECT_EQ(selector.awaited(), 2);
}

TEST(SimulcastSelectorTest, KeepsTheOldLayerUntilTheWantedOnesKeyframe) {
  SimulcastSelector selector;
  selector.SetSource(3);
  selector.OnPacket(2, true);
  selector.SetPreferred(SpatialLayer(0));
  EXPECT_EQ(selector.OnPacket(0, false), Verdict::kIgnore);
  EXPECT_EQ(selector.OnPacket(2, false), Verdict::kForward);
  EXPECT_EQ(selector.OnPacket(0, true), Verdict::kStart);
  EXPECT_EQ(selector.OnPacket(2, true), Verdict::kIgnore);
  EXPECT_EQ(selector.awaited(), std::nullopt);
}

TEST(SimulcastSelectorTest, FallsBackToTheBestThatIsSentAndReturns) {
  SimulcastSelector selector;
  selector.SetSource(3);
  selector.OnActive(0b111);
  selector.OnPacket(2, true);
  selector.OnActive(0b011);
  EXPECT_EQ(selector.awaited(), 1);
  EXPECT_EQ(selector.OnPacket(1, true), Verdict::kStart);
  selector.OnActive(0b111);
  EXPECT_EQ(selector.awaited(), 2);
  EXPECT_EQ(selector.OnPacket(1, false), Verdict::kForward);
  EXPECT_EQ(selector.OnPacket(2, true), Verdict::kStart);
}

TEST(SimulcastSelectorTest, TakesALargerOneIfNothingSmallerIsSent) {
  SimulcastSelector selector;
  selector.SetSource(3);
  selector.SetPreferred(SpatialLayer(0));
  selector.OnActive(0b100);
  EXPECT_EQ(selector.target(), 2);
}

TEST(SimulcastSelectorTest, APictureThatStandsStillIsNotLeft) {
  SimulcastSelector selector;
  selector.SetSource(2);
  selector.OnActive(0b11);
  selector.OnPacket(1, true);
  selector.OnActive(0);
  EXPECT_EQ(selector.awaited(), std::nullopt);
}

TEST(SimulcastSelectorTest, AfterStopOnlyAKeyframeBegins) {
  SimulcastSelector selector;
  selector.SetSource(1);
  selector.OnPacket(0, true);
  selector.Stop();
  EXPECT_EQ(selector.OnPacket(0, false), Verdict::kIgnore);
  EXPECT_EQ(selector.awaited(), 0);
  EXPECT_EQ(selector.OnPacket(0, true), Verdict::kStart);
}

TEST(SimulcastSelectorTest, WithoutASourceNothingPasses) {
  SimulcastSelector selector;
  EXPECT_EQ(selector.OnPacket(0, true), Verdict::kIgnore);
  EXPECT_EQ(selector.awaited(), std::nullopt);
}

}  // namespace
}  // namespace stellwerk
