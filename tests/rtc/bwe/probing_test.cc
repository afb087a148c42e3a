#include <gtest/gtest.h>

#include "rtc/bwe/probe_controller.h"
#include "rtc/bwe/probe_meter.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSecond(kbps); }

ProbeController::State At(TimeDelta time, DataRate estimate) {
  return {.estimate = estimate, .max = Kbps(20'000), .now = kStart + time};
}

// The next probe within `time` after `from`, asked for at each of its deadlines.
std::optional<ProbeCluster> NextProbe(ProbeController& controller, DataRate estimate,
                                      TimeDelta from, TimeDelta time) {
  for (TimeDelta at = from; at <= from + time; at += milliseconds(1)) {
    if (controller.NextTimeout() > kStart + at) continue;
    if (auto probe = controller.Take(At(at, estimate))) return probe;
  }
  return std::nullopt;
}

ProbeResult Found(const ProbeCluster& probe, double part) {
  const auto arrived =
      DataRate::BitsPerSecond(static_cast<int64_t>(static_cast<double>(probe.rate.bps()) * part));
  return {.id = probe.id, .sent = probe.rate, .arrived = arrived, .saturated = part < 0.9};
}

TEST(ProbeController, ProbesThriceAndSixTimesTheStartRateAtOnce) {
  ProbeController controller;
  EXPECT_EQ(controller.NextTimeout(), kNever);
  controller.OnFirstPacket(kStart);
  const auto first = NextProbe(controller, Kbps(500), {}, milliseconds(1));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->rate, Kbps(1500));
  const auto second = NextProbe(controller, Kbps(500), milliseconds(1), milliseconds(50));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->rate, Kbps(3000));
}

// A newcomer's slots begin one after the other, each of which wants more.
TEST(ProbeController, DemandThatGrowsWhileItStartsDoesNotPutALowerProbeInThePlaceOfItsOwn) {
  ProbeController controller;
  controller.SetDemand(Kbps(600), At({}, Kbps(500)));
  controller.OnFirstPacket(kStart);
  const auto first = NextProbe(controller, Kbps(500), {}, milliseconds(1));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->rate, Kbps(1200));
  controller.SetDemand(Kbps(5000), At(milliseconds(1), Kbps(500)));
  const auto second = NextProbe(controller, Kbps(500), milliseconds(1), milliseconds(50));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->rate, Kbps(3000));
  controller.SetDemand(Kbps(6000), At(milliseconds(40), Kbps(500)));
  EXPECT_FALSE(NextProbe(controller, Kbps(500), milliseconds(40), milliseconds(100)));
  controller.OnResult(Found(*second, 1), At(milliseconds(150), Kbps(3000)));
  const auto third = NextProbe(controller, Kbps(3000), milliseconds(150), milliseconds(1));
  ASSERT_TRUE(third);
  EXPECT_EQ(third->rate, Kbps(6000));
}

TEST(ProbeController, StartsAgainIfTheFirstProbesKnewOfLessDemand) {
  ProbeController controller;
  controller.SetDemand(Kbps(600), At({}, Kbps(500)));
  controller.OnFirstPacket(kStart);
  static_cast<void>(NextProbe(controller, Kbps(500), {}, milliseconds(1)));
  static_cast<void>(NextProbe(controller, Kbps(500), milliseconds(1), milliseconds(50)));
  controller.SetDemand(Kbps(5000), At(milliseconds(60), Kbps(500)));
  const auto again = NextProbe(controller, Kbps(500), milliseconds(60), milliseconds(30));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->rate, Kbps(1500));
}

TEST(ProbeController, GoesOnAtOnceWhileProbesSucceed) {
  ProbeController controller;
  controller.OnFirstPacket(kStart);
  static_cast<void>(NextProbe(controller, Kbps(500), {}, milliseconds(1)));
  const auto second = NextProbe(controller, Kbps(500), milliseconds(1), milliseconds(50));
  ASSERT_TRUE(second);
  controller.OnResult(Found(*second, 1), At(milliseconds(150), Kbps(3000)));
  const auto third = NextProbe(controller, Kbps(3000), milliseconds(150), milliseconds(1));
  ASSERT_TRUE(third);
  EXPECT_EQ(third->rate, Kbps(6000));
  controller.OnResult(Found(*third, 0.5), At(milliseconds(300), Kbps(3000)));
  EXPECT_FALSE(NextProbe(controller, Kbps(3000), milliseconds(301), milliseconds(800)));
}

TEST(ProbeController, RestsWhileNothingMoreIsWanted) {
  ProbeController controller;
  controller.SetDemand(Kbps(200), At({}, Kbps(500)));
  controller.OnFirstPacket(kStart);
  EXPECT_FALSE(NextProbe(controller, Kbps(500), {}, seconds(20)));
  EXPECT_EQ(controller.NextTimeout(), kNever);
}

TEST(ProbeController, ProbesAtOnceWhenMoreIsWantedAndNotMuchBeyond) {
  ProbeController controller;
  controller.SetDemand(Kbps(200), At({}, Kbps(500)));
  controller.OnFirstPacket(kStart);
  static_cast<void>(NextProbe(controller, Kbps(500), {}, seconds(20)));
  controller.SetDemand(Kbps(750), At(seconds(20), Kbps(500)));
  const auto probe = NextProbe(controller, Kbps(500), seconds(20), milliseconds(50));
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->rate, Kbps(1500));
}

TEST(ProbeController, TriesAgainEveryFewSecondsWhileMoreIsWanted) {
  ProbeController controller;
  controller.SetDemand(Kbps(8000), At({}, Kbps(500)));
  controller.OnFirstPacket(kStart);
  int probes = 0;
  for (int second = 0; second < 60; ++second) {
    while (NextProbe(controller, Kbps(500), seconds(second), milliseconds(999))) ++probes;
  }
  EXPECT_GE(probes, 20);
  EXPECT_LE(probes, 45);
}

TEST(ProbeController, WaitsWhileTheLinkIsCongested) {
  ProbeController controller;
  controller.OnFirstPacket(kStart);
  static_cast<void>(NextProbe(controller, Kbps(500), {}, milliseconds(100)));
  static_cast<void>(NextProbe(controller, Kbps(500), {}, milliseconds(100)));
  auto state = At(seconds(5), Kbps(500));
  state.congested = true;
  EXPECT_FALSE(controller.Take(state));
  EXPECT_GT(controller.NextTimeout(), state.now);
}

TEST(ProbeController, LastsLongerWherePacketsJitter) {
  ProbeController controller;
  controller.OnFirstPacket(kStart);
  auto state = At({}, Kbps(500));
  state.jitter = milliseconds(15);
  const auto probe = controller.Take(state);
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->duration, milliseconds(75));
}

class ProbeMeterTest : public ::testing::Test {
 protected:
  ProbeMeterTest() { meter_.OnProbeSent(kProbe); }
  // Ten packets, sent each `gap` and arriving each `arrival_gap`.
  std::optional<ProbeResult> Send(TimeDelta gap, TimeDelta arrival_gap, int count = 10) {
    std::optional<ProbeResult> last;
    for (int i = 0; i < count; ++i) {
      const auto result = meter_.OnPacket(kProbe.id, kStart + i * gap, seconds(5) + i * arrival_gap,
                                          DataSize::Bytes(1000));
      if (result) last = result;
    }
    return last;
  }
  static constexpr ProbeCluster kProbe{.id = ProbeClusterId(3),
                                       .rate = DataRate::KilobitsPerSecond(4000),
                                       .duration = milliseconds(20),
                                       .min_packets = 5};
  ProbeMeter meter_;
};

TEST_F(ProbeMeterTest, FindsTheRateThatArrives) {
  const auto result = Send(milliseconds(2), milliseconds(4));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->saturated);
  EXPECT_NEAR(static_cast<double>(result->arrived.bps()), 2e6, 1e4);
  EXPECT_NEAR(static_cast<double>(result->rate().bps()), 1.9e6, 1e4);
}

TEST_F(ProbeMeterTest, NeverClaimsMoreThanWasSent) {
  const auto result = Send(milliseconds(2), std::chrono::microseconds(1500));
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->saturated);
  EXPECT_NEAR(static_cast<double>(result->rate().bps()), 4e6, 1e4);
}

TEST_F(ProbeMeterTest, SaysNothingOfALumpOrOfTooLittle) {
  EXPECT_FALSE(Send(milliseconds(2), TimeDelta{}));
  EXPECT_FALSE(Send(milliseconds(2), std::chrono::microseconds(100)));
  ProbeMeter fresh;
  meter_ = fresh;
  meter_.OnProbeSent(kProbe);
  EXPECT_FALSE(Send(milliseconds(2), milliseconds(2), 4));
}

// A keyframe's packets between those of voices: the last one is small, the first one large.
TEST_F(ProbeMeterTest, PacketsOfUnequalSizesDoNotMakeALinkSeemFull) {
  std::optional<ProbeResult> result;
  TimeDelta at{};
  for (const int64_t bytes : {1300, 1200, 1300, 1100, 1200, 1200, 1300, 1000, 1200, 150}) {
    result = meter_.OnPacket(kProbe.id, kStart + at, seconds(5) + at, DataSize::Bytes(bytes));
    at += TimeDelta(bytes * 8'000'000'000 / kProbe.rate.bps());
  }
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->saturated);
  EXPECT_NEAR(static_cast<double>(result->rate().bps()), 4e6, 1e4);
}

TEST_F(ProbeMeterTest, DoesNotKnowProbesThatItWasNotToldOf) {
  EXPECT_FALSE(meter_.OnPacket(ProbeClusterId(99), kStart, TimeDelta{}, DataSize::Bytes(1000)));
}

}  // namespace
}  // namespace stellwerk
