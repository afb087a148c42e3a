#include "rtc/bwe/sent_history.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

SentPacketInfo Packet(int64_t size = 1000) { return {.size = DataSize::Bytes(size)}; }

// Feedback about `count` packets from `base` on; those at `lost` did not arrive, the others a
// millisecond after each other.
TransportFeedback Feedback(TransportSeqNum base, uint16_t count, std::vector<uint16_t> lost = {}) {
  TransportFeedback feedback;
  feedback.base = base;
  feedback.status_count = count;
  for (uint16_t i = 0; i < count; ++i) {
    if (std::find(lost.begin(), lost.end(), i) != lost.end()) continue;
    feedback.received.push_back({base + static_cast<int16_t>(i), milliseconds(100 + i)});
  }
  return feedback;
}

TEST(SentHistory, TellsWhatArrivedAndWhatWasLost) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  history.Add(Packet(), kStart + milliseconds(1));
  history.Add(Packet(), kStart + milliseconds(2));
  const auto results = history.Match(Feedback(first, 3, {1}));
  ASSERT_EQ(results.size(), 3U);
  EXPECT_FALSE(results[0].arrival);
  EXPECT_EQ(results[0].sent, kStart + milliseconds(1));
  EXPECT_EQ(results[1].arrival, milliseconds(100));
  EXPECT_EQ(results[2].arrival, milliseconds(102));
  EXPECT_FALSE(history.AnyInFlight());
}

TEST(SentHistory, TellsEachFateOnceHoweverOftenFeedbackRepeatsIt) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  history.Add(Packet(), kStart);
  EXPECT_EQ(history.Match(Feedback(first, 2, {1})).size(), 2U);
  EXPECT_TRUE(history.Match(Feedback(first, 2, {1})).empty());
}

TEST(SentHistory, CorrectsALossWhenThePacketArrivesAfterAll) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  history.Add(Packet(), kStart);
  static_cast<void>(history.Match(Feedback(first, 2, {0})));
  const auto results = history.Match(Feedback(first, 1));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].was_lost);
  EXPECT_TRUE(results[0].arrival);
}

TEST(SentHistory, CountsPacketsOfLostFeedbackWithTheNextThatArrives) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  for (int i = 0; i < 9; ++i) history.Add(Packet(), kStart);
  const auto results = history.Match(Feedback(first + 5, 5));
  ASSERT_EQ(results.size(), 5U);
  EXPECT_EQ(results[0].unreported, DataSize::Bytes(5000));
  EXPECT_EQ(results[1].unreported, DataSize{});
}

TEST(SentHistory, CountsPacketsWithoutANumberWithTheNextThatHasOne) {
  SentHistory history;
  history.AddWithoutNumber(DataSize::Bytes(300));
  const TransportSeqNum first = history.Add(Packet(), kStart);
  const auto results = history.Match(Feedback(first, 1));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].unreported, DataSize::Bytes(300));
}

TEST(SentHistory, FollowsNumbersThatWrap) {
  SentHistory history;
  TransportSeqNum number;
  for (int i = 0; i < 200'000; ++i) {
    const Timestamp now = kStart + milliseconds(i);
    number = history.Add(Packet(), now);
    const auto results = history.Match(Feedback(number, 1));
    ASSERT_EQ(results.size(), 1U) << i;
    ASSERT_EQ(results[0].sent, now) << i;
  }
}

TEST(SentHistory, KnowsWhichProbeAPacketWasFor) {
  SentHistory history;
  for (int32_t probe = 0; probe < 1000; ++probe) {
    SentPacketInfo packet = Packet();
    packet.probe = ProbeClusterId(probe);
    const TransportSeqNum number = history.Add(packet, kStart);
    packet.probe = ProbeClusterId(probe + 3);
    history.Add(packet, kStart);
    history.Add(Packet(), kStart);
    const auto results = history.Match(Feedback(number, 3));
    ASSERT_EQ(results.size(), 3U);
    ASSERT_EQ(results[0].probe, ProbeClusterId(probe));
    ASSERT_EQ(results[1].probe, ProbeClusterId(probe + 3));
    ASSERT_FALSE(results[2].probe);
  }
}

TEST(SentHistory, IgnoresPacketsThatWereNeverSent) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  EXPECT_TRUE(history.Match(Feedback(first + 1, 100)).empty());
  EXPECT_TRUE(history.Match(Feedback(first + -100, 100)).empty());
  EXPECT_TRUE(history.Match(Feedback(first + 20'000, 5000)).empty());
  EXPECT_TRUE(history.AnyInFlight());
}

TEST(SentHistory, KeepsAllThatIsInFlightAtAHighRate) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  for (int i = 1; i < 4000; ++i) history.Add(Packet(), kStart + std::chrono::microseconds(i * 250));
  EXPECT_EQ(history.Match(Feedback(first, 4000)).size(), 4000U);
}

TEST(SentHistory, ForgetsTheOldestRatherThanGrowWithoutBound) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  for (int i = 1; i < 20'000; ++i) history.Add(Packet(), kStart);
  EXPECT_LE(history.Match(Feedback(first, 20'000)).size(), SentHistory::kMaxPackets);
}

TEST(SentHistory, UnwrapsTheReceiversClock) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  history.Add(Packet(), kStart);
  TransportFeedback before = Feedback(first, 1);
  before.received[0].arrival = TransportFeedback::kReferencePeriod / 2 - milliseconds(10);
  TransportFeedback after = Feedback(first + 1, 1);
  after.received[0].arrival = -TransportFeedback::kReferencePeriod / 2 + milliseconds(10);
  const TimeDelta one = *history.Match(before)[0].arrival;
  const TimeDelta two = *history.Match(after)[0].arrival;
  EXPECT_EQ(two - one, milliseconds(20));
}

TEST(SentHistory, SortsByArrivalWhatWasReordered) {
  SentHistory history;
  const TransportSeqNum first = history.Add(Packet(), kStart);
  history.Add(Packet(), kStart + milliseconds(1));
  TransportFeedback feedback = Feedback(first, 2);
  std::swap(feedback.received[0].arrival, feedback.received[1].arrival);
  const auto results = history.Match(feedback);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].sent, kStart + milliseconds(1));
}

}  // namespace
}  // namespace stellwerk
