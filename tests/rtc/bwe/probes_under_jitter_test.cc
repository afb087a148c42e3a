#include <gtest/gtest.h>

#include <optional>
#include <ratio>
#include <span>
#include <vector>

#include "rtc/bwe/bandwidth_estimator.h"
#include "rtc/bwe/path_delay.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSecond(kbps); }

// A sender that uses a fifth of its 500 kbit/s, so that only probes can raise the estimate.
class ProbesUnderJitterTest : public ::testing::Test {
 protected:
  ProbesUnderJitterTest() { estimator_.SetDemand(Kbps(600), now_); }

  // Every other packet is late by `jitter`, so that the delay changes by it each time.
  void Send(TimeDelta time, TimeDelta jitter) {
    std::vector<TransportFeedback::Received> received;
    for (const Timestamp end = now_ + time; now_ < end; now_ += kInterval) {
      const auto number = estimator_.OnPacketSent({.size = DataSize::Bytes(500)}, now_);
      late_ = !late_;
      received.push_back({number, ArrivalOf(now_) + (late_ ? jitter : TimeDelta())});
    }
    Answer(received);
  }
  // Sends the next probe at `rate`, and it arrives so. Its feedback comes in two messages.
  void Probe(DataRate rate, TimeDelta jitter) {
    std::optional<ProbeCluster> probe;
    for (int i = 0; i < 20 && !probe; ++i) {
      Send(5 * kInterval, jitter);
      probe = estimator_.TakeProbe(now_);
    }
    ASSERT_TRUE(probe);
    constexpr DataSize kSize = DataSize::Bytes(1200);
    const TimeDelta gap = TimeDelta(kSize.bytes() * 8 * std::nano::den / rate.bps());
    std::vector<TransportFeedback::Received> received;
    for (DataSize sent; sent < probe->size() + kSize + kSize; sent += kSize) {
      const auto number = estimator_.OnPacketSent({.size = kSize, .probe = probe->id}, now_);
      received.push_back({number, ArrivalOf(now_)});
      now_ += gap;
    }
    const std::span all(received);
    Answer(all.first(all.size() - 2));
    Answer(all.last(2));
  }
  [[nodiscard]] double TargetKbps() const {
    return static_cast<double>(estimator_.estimate().target.bps()) / 1000;
  }

  static constexpr TimeDelta kInterval = milliseconds(40);
  static constexpr TimeDelta kMuch = 5 * PathDelay::kNoJitter;

 private:
  static TimeDelta ArrivalOf(Timestamp sent) {
    return (sent.time_since_epoch() + milliseconds(20)) % TransportFeedback::kReferencePeriod;
  }
  void Answer(std::span<const TransportFeedback::Received> received) {
    TransportFeedback feedback;
    feedback.base = received.front().sequence_number;
    feedback.status_count = static_cast<uint16_t>(received.size());
    feedback.received.assign(received.begin(), received.end());
    estimator_.OnTransportFeedback(feedback, now_ + milliseconds(5));
  }

  Timestamp now_{seconds(1000)};
  BandwidthEstimator estimator_{BandwidthEstimator::Config{}};
  bool late_ = false;
};

TEST_F(ProbesUnderJitterTest, OneAloneDoesNotRaiseTheEstimate) {
  for (int i = 0; i < 10; ++i) Send(5 * kInterval, kMuch);
  Probe(Kbps(1000), kMuch);
  EXPECT_EQ(TargetKbps(), 500);
}

TEST_F(ProbesUnderJitterTest, TwoInARowRaiseItToWhatTheSecondFoundIfThatIsLess) {
  for (int i = 0; i < 10; ++i) Send(5 * kInterval, kMuch);
  Probe(Kbps(1000), kMuch);
  Probe(Kbps(800), kMuch);
  EXPECT_NEAR(TargetKbps(), 800, 10);
}

TEST_F(ProbesUnderJitterTest, TwoInARowRaiseItToWhatTheFirstFoundIfThatIsLess) {
  for (int i = 0; i < 10; ++i) Send(5 * kInterval, kMuch);
  Probe(Kbps(800), kMuch);
  Probe(Kbps(1000), kMuch);
  EXPECT_NEAR(TargetKbps(), 800, 10);
}

TEST_F(ProbesUnderJitterTest, WithoutJitterOneIsEnough) {
  for (int i = 0; i < 10; ++i) Send(5 * kInterval, TimeDelta());
  Probe(Kbps(1000), TimeDelta());
  EXPECT_NEAR(TargetKbps(), 1000, 10);
}

}  // namespace
}  // namespace stellwerk
