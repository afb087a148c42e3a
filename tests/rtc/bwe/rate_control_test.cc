#include "rtc/bwe/rate_control.h"

#include <gtest/gtest.h>

#include "rtc/bwe/report_control.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSecond(kbps); }

RateControl::Input Input(LinkUsage usage, DataRate acknowledged, Timestamp now) {
  return {.usage = usage,
          .acknowledged = acknowledged,
          .queue_delay = {},
          .round_trip_time = milliseconds(50),
          .ceiling = Kbps(50'000),
          .now = now};
}

class RateControlTest : public ::testing::Test {
 protected:
  void Run(TimeDelta time, LinkUsage usage) {
    for (const Timestamp end = now_ + time; now_ < end; now_ += milliseconds(100)) {
      control_.Update(Input(usage, control_.target(), now_));
    }
  }
  Timestamp now_ = kStart;
  RateControl control_{{.min = Kbps(30), .start = Kbps(1000), .max = Kbps(10'000)}};
};

TEST_F(RateControlTest, GrowsByTwelvePerCentASecondWhileNothingIsKnown) {
  Run(seconds(1), LinkUsage::kNormal);
  EXPECT_NEAR(static_cast<double>(control_.target().bps()), 1.12e6, 1.5e4);
}

TEST_F(RateControlTest, DoesNotGrowWhileLittleIsSent) {
  auto input = Input(LinkUsage::kNormal, Kbps(300), now_);
  input.application_limited = true;
  control_.Update(input);
  input.now += seconds(5);
  control_.Update(input);
  EXPECT_EQ(control_.target(), Kbps(1000));
}

TEST_F(RateControlTest, GivesWayToWhatArrivesWhenTheLinkIsFull) {
  control_.Update(Input(LinkUsage::kOver, Kbps(600), now_));
  EXPECT_EQ(control_.target(), Kbps(540));
  EXPECT_TRUE(control_.backed_off());
}

TEST_F(RateControlTest, DoesNotGiveWayAgainBeforeTheFirstCanHaveHelped) {
  control_.Update(Input(LinkUsage::kOver, Kbps(900), now_));
  const DataRate once = control_.target();
  control_.Update(Input(LinkUsage::kOver, Kbps(700), now_ + milliseconds(50)));
  EXPECT_EQ(control_.target(), once);
}

TEST_F(RateControlTest, DoesNotFallToTheLittleThatASlowSenderSends) {
  auto input = Input(LinkUsage::kOver, Kbps(100), now_);
  input.application_limited = true;
  control_.Update(input);
  EXPECT_EQ(control_.target(), Kbps(900));
}

TEST_F(RateControlTest, SendsLessThanTheLinkCarriesUntilALongQueueIsGone) {
  auto input = Input(LinkUsage::kOver, Kbps(500), now_);
  input.queue_delay = milliseconds(400);
  control_.Update(input);
  EXPECT_TRUE(control_.draining());
  EXPECT_LT(control_.target(), Kbps(300));
  EXPECT_EQ(control_.capacity(), Kbps(475));
  input = Input(LinkUsage::kNormal, Kbps(500), now_ + seconds(1));
  control_.Update(input);
  EXPECT_FALSE(control_.draining());
  EXPECT_EQ(control_.target(), Kbps(475));
}

TEST_F(RateControlTest, EndsADrainOfWhichNoFeedbackTells) {
  auto input = Input(LinkUsage::kOver, Kbps(500), now_);
  input.queue_delay = milliseconds(400);
  control_.Update(input);
  ASSERT_NE(control_.NextTimeout(), kNever);
  EXPECT_LT(control_.NextTimeout() - now_, seconds(2));
  control_.HandleTimeout(control_.NextTimeout());
  EXPECT_EQ(control_.target(), Kbps(475));
}

TEST_F(RateControlTest, PutsUpWithAQueueThatIsNotItsOwn) {
  TimeDelta drained{};
  for (int i = 0; i < 300; ++i, now_ += milliseconds(100)) {
    auto input = Input(LinkUsage::kNormal, control_.target(), now_);
    input.queue_delay = milliseconds(60);
    control_.Update(input);
    if (control_.draining()) drained += milliseconds(100);
  }
  EXPECT_GT(drained, seconds(1));
  EXPECT_LT(drained, seconds(10));
  EXPECT_GT(control_.capacity(), Kbps(700));
}

TEST_F(RateControlTest, TakesWhatAProbeHasFound) {
  control_.OnProbed(Kbps(3000), now_);
  EXPECT_EQ(control_.target(), Kbps(3000));
  control_.OnProbed(Kbps(2000), now_);
  EXPECT_EQ(control_.target(), Kbps(3000));
}

TEST_F(RateControlTest, TakesAProbesResultBackIfAQueueFollows) {
  control_.OnProbed(Kbps(3000), now_);
  auto input = Input(LinkUsage::kNormal, Kbps(1100), now_ + milliseconds(400));
  input.queue_delay = milliseconds(70);
  control_.Update(input);
  EXPECT_LE(control_.capacity(), Kbps(1100));
  EXPECT_TRUE(control_.draining());
}

TEST_F(RateControlTest, StaysWithinItsLimits) {
  for (int i = 0; i < 100; ++i, now_ += milliseconds(500)) {
    control_.Update(Input(LinkUsage::kOver, DataRate{}, now_));
  }
  EXPECT_EQ(control_.target(), Kbps(30));
  control_.OnProbed(Kbps(900'000), now_);
  EXPECT_EQ(control_.target(), Kbps(10'000));
}

TEST(ReportControl, FollowsTheLossThatReceiverReportsTell) {
  ReportControl control(Kbps(1000), Kbps(30), Kbps(5000));
  control.OnReport(0.0F, kStart);
  EXPECT_EQ(control.target(), Kbps(1050));
  control.OnReport(0.05F, kStart + seconds(1));
  EXPECT_EQ(control.target(), Kbps(1050));
  control.OnReport(0.2F, kStart + seconds(2));
  EXPECT_NEAR(static_cast<double>(control.target().bps()), 945e3, 10);
}

TEST(ReportControl, IsNotMovedByAFloodOfReports) {
  ReportControl control(Kbps(1000), Kbps(30), Kbps(5000));
  for (int i = 0; i < 1000; ++i) control.OnReport(0.0F, kStart + std::chrono::microseconds(i));
  EXPECT_EQ(control.target(), Kbps(1050));
}

TEST(ReportControl, TakesARembAsTheEstimate) {
  ReportControl control(Kbps(1000), Kbps(30), Kbps(5000));
  control.OnRemb(Kbps(3000));
  EXPECT_EQ(control.target(), Kbps(3000));
  control.OnRemb(Kbps(400));
  EXPECT_EQ(control.target(), Kbps(400));
  control.OnRemb(Kbps(1));
  EXPECT_EQ(control.target(), Kbps(30));
}

}  // namespace
}  // namespace stellwerk
