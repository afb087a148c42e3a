#include "rtc/bwe/bandwidth_estimator.h"

#include <gtest/gtest.h>

#include <limits>

#include "rtc/base/random.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};
constexpr SentPacketInfo kPacket{.size = DataSize::Bytes(1200)};

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSecond(kbps); }

class BandwidthEstimatorTest : public ::testing::Test {
 protected:
  // Sends at 1 Mb/s for `time`, and all of it arrives.
  void Run(TimeDelta time, bool answered = true) {
    for (const Timestamp end = now_ + time; now_ < end; now_ += milliseconds(10)) {
      const TransportSeqNum number = estimator_.OnPacketSent(kPacket, now_);
      if (feedback_.status_count == 0) feedback_.base = number;
      ++feedback_.status_count;
      feedback_.received.push_back({number, Wrapped(now_.time_since_epoch() + milliseconds(20))});
      if (feedback_.status_count == 10) {
        if (answered) estimator_.OnTransportFeedback(feedback_, now_ + milliseconds(5));
        feedback_ = {};
      }
      estimator_.HandleTimeout(now_);
    }
  }
  static TimeDelta Wrapped(TimeDelta time) { return time % TransportFeedback::kReferencePeriod; }

  Timestamp now_ = kStart;
  TransportFeedback feedback_;
  BandwidthEstimator estimator_{BandwidthEstimator::Config{}};
};

TEST_F(BandwidthEstimatorTest, NumbersPacketsInTheOrderOfSending) {
  const TransportSeqNum first = estimator_.OnPacketSent(kPacket, kStart);
  EXPECT_EQ(estimator_.OnPacketSent(kPacket, kStart), first + 1);
}

TEST_F(BandwidthEstimatorTest, BeginsWithTheStartRateAndTwoProbes) {
  EXPECT_EQ(estimator_.estimate().target, Kbps(500));
  EXPECT_EQ(estimator_.estimate().limited_by, EstimateLimit::kStart);
  EXPECT_FALSE(estimator_.TakeProbe(kStart));
  estimator_.OnPacketSent(kPacket, kStart);
  EXPECT_TRUE(estimator_.TakeProbe(kStart));
  EXPECT_TRUE(estimator_.TakeProbe(kStart + milliseconds(100)));
  EXPECT_FALSE(estimator_.TakeProbe(kStart + milliseconds(100)));
}

TEST_F(BandwidthEstimatorTest, GrowsWhileAllArrivesAndTellsOfEachChange) {
  const uint32_t version = estimator_.version();
  Run(seconds(3));
  EXPECT_GT(estimator_.estimate().target, Kbps(550));
  EXPECT_NE(estimator_.version(), version);
  EXPECT_NEAR(static_cast<double>(estimator_.estimate().acknowledged.bps()), 960e3, 60e3);
  EXPECT_EQ(estimator_.estimate().loss, 0.0F);
}

TEST_F(BandwidthEstimatorTest, SendsLessAndLessWhileNoFeedbackComesAndRecoversWithTheNext) {
  Run(seconds(3));
  const DataRate before = estimator_.estimate().target;
  Run(seconds(4), /*answered=*/false);
  EXPECT_LT(estimator_.estimate().target, before);
  EXPECT_EQ(estimator_.estimate().limited_by, EstimateLimit::kSilent);
  Run(milliseconds(200));
  EXPECT_NE(estimator_.estimate().limited_by, EstimateLimit::kSilent);
  EXPECT_GE(estimator_.estimate().target, Kbps(500));
}

TEST_F(BandwidthEstimatorTest, DoesNotTakeAPauseForSilence) {
  Run(seconds(3));
  estimator_.OnPacketSent(kPacket, now_);  // is lost, and nothing follows
  const DataRate before = estimator_.estimate().target;
  for (int i = 0; i < 100; ++i) {
    now_ += milliseconds(100);
    estimator_.HandleTimeout(now_);
  }
  EXPECT_EQ(estimator_.estimate().target, before);
}

TEST_F(BandwidthEstimatorTest, FollowsRembWhereThereIsNoTransportWideFeedback) {
  estimator_.OnRemb(Kbps(2000), kStart);
  EXPECT_EQ(estimator_.estimate().target, Kbps(2000));
  EXPECT_EQ(estimator_.estimate().limited_by, EstimateLimit::kRemb);
  estimator_.OnReceiverReport(0.3F, milliseconds(80), kStart + seconds(1));
  EXPECT_LT(estimator_.estimate().target, Kbps(2000));
  EXPECT_EQ(estimator_.estimate().round_trip_time, milliseconds(80));
}

TEST_F(BandwidthEstimatorTest, IsCappedByRembOtherwise) {
  Run(seconds(2));
  estimator_.OnRemb(Kbps(300), now_);
  EXPECT_EQ(estimator_.estimate().target, Kbps(300));
  estimator_.OnRemb(Kbps(5000), now_);
  EXPECT_GT(estimator_.estimate().target, Kbps(300));
}

TEST_F(BandwidthEstimatorTest, IgnoresLossInReceiverReportsWhenItHasBetter) {
  Run(seconds(2));
  const DataRate before = estimator_.estimate().target;
  estimator_.OnReceiverReport(0.9F, std::nullopt, now_);
  EXPECT_EQ(estimator_.estimate().target, before);
}

TEST_F(BandwidthEstimatorTest, SurvivesAReceiverWhoseClockJumps) {
  Run(seconds(2));
  const DataRate before = estimator_.estimate().target;
  for (int i = 0; i < 20; ++i) {
    const TransportSeqNum number = estimator_.OnPacketSent(kPacket, now_);
    feedback_ = {};
    feedback_.base = number;
    feedback_.status_count = 1;
    feedback_.received.push_back({number, Wrapped(seconds(i * 100'003))});
    estimator_.OnTransportFeedback(feedback_, now_ + milliseconds(5));
    now_ += milliseconds(10);
  }
  EXPECT_GE(estimator_.estimate().target, DataRate::BitsPerSecond(before.bps() / 2));
  feedback_ = {};
  Run(seconds(3));
  EXPECT_GE(estimator_.estimate().target, DataRate::BitsPerSecond(before.bps() / 2));
}

TEST_F(BandwidthEstimatorTest, StaysWithinItsLimitsWhateverFeedbackSays) {
  constexpr uint64_t kSeed = 42;
  SCOPED_TRACE(kSeed);
  SeededRandom random(kSeed);
  const BandwidthEstimator::Config config;
  for (int i = 0; i < 20'000; ++i) {
    now_ += TimeDelta(random.NextU32() % 20'000'000);
    estimator_.OnPacketSent({.size = DataSize::Bytes(random.NextU32() % 1500),
                             .probe = ProbeClusterId(static_cast<int32_t>(random.NextU32() % 8))},
                            now_);
    TransportFeedback feedback;
    feedback.base = TransportSeqNum(static_cast<uint16_t>(i + 1 - random.NextU32() % 20));
    feedback.status_count = static_cast<uint16_t>(random.NextU32() % 40);
    TimeDelta arrival = random.NextU32() % 10 == 0
                            ? TimeDelta(static_cast<int64_t>(random.NextU64() % (1ULL << 50)))
                            : Wrapped(now_.time_since_epoch());
    for (uint16_t k = 0; k < feedback.status_count; ++k) {
      arrival += (static_cast<int64_t>(random.NextU32() % 2000) - 500) * TransportFeedback::kTick;
      if (random.NextU32() % 3 == 0) continue;
      feedback.received.push_back({feedback.base + static_cast<int16_t>(k), arrival});
    }
    estimator_.OnTransportFeedback(feedback, now_);
    estimator_.HandleTimeout(now_);
    static_cast<void>(estimator_.TakeProbe(now_));
    if (random.NextU32() % 50 == 0) {
      estimator_.OnRemb(DataRate::BitsPerSecond(static_cast<int64_t>(random.NextU64() >> 1)), now_);
      estimator_.OnReceiverReport(std::numeric_limits<float>::infinity(), TimeDelta::max(), now_);
      estimator_.SetDemand(DataRate::BitsPerSecond(random.NextU32()), now_);
    }
    ASSERT_GE(estimator_.estimate().target, config.min) << i;
    ASSERT_LE(estimator_.estimate().target, config.max) << i;
    ASSERT_GE(estimator_.estimate().loss, 0.0F);
    ASSERT_LE(estimator_.estimate().loss, 1.0F);
    ASSERT_GE(estimator_.NextTimeout(), Timestamp{});
  }
}

}  // namespace
}  // namespace stellwerk
