#include "rtc/producer/sequence_tracker.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

int64_t Extended(const std::optional<SequenceTracker::Position>& position) {
  return position ? position->seq.value() : -1;
}

TEST(SequenceTrackerTest, CountsWrapArounds) {
  SequenceTracker tracker;
  const int64_t first = Extended(tracker.OnPacket(SeqNum(0xFFFE)));
  EXPECT_EQ(Extended(tracker.OnPacket(SeqNum(0xFFFF))), first + 1);
  EXPECT_EQ(Extended(tracker.OnPacket(SeqNum(0))), first + 2);
  EXPECT_EQ(Extended(tracker.OnPacket(SeqNum(0xFFFD))), first - 1);
}

TEST(SequenceTrackerTest, RecognisesWhatHasArrivedByItselfOrByRtx) {
  SequenceTracker tracker;
  tracker.OnPacket(SeqNum(10));
  tracker.OnPacket(SeqNum(13));
  EXPECT_TRUE(tracker.OnPacket(SeqNum(10))->duplicate);
  EXPECT_FALSE(tracker.OnRepaired(SeqNum(11))->duplicate);
  EXPECT_TRUE(tracker.OnPacket(SeqNum(11))->duplicate);
  EXPECT_TRUE(tracker.OnRepaired(SeqNum(13))->duplicate);
  EXPECT_FALSE(tracker.OnPacket(SeqNum(12))->duplicate);
}

TEST(SequenceTrackerTest, TheWindowMovesOn) {
  SequenceTracker tracker;
  int64_t extended = Extended(tracker.OnPacket(SeqNum(0)));
  for (int i = 1; i < 5000; i += 2) {
    const auto position = tracker.OnPacket(SeqNum(static_cast<uint16_t>(i)));
    ASSERT_FALSE(position->duplicate);
    ASSERT_EQ(position->seq.value(), extended + i);
  }
  EXPECT_FALSE(tracker.OnPacket(SeqNum(4998))->duplicate);
}

TEST(SequenceTrackerTest, AStrayPacketIsDroppedAndASecondOneMeansARestart) {
  SequenceTracker tracker;
  const int64_t first = Extended(tracker.OnPacket(SeqNum(1000)));
  EXPECT_FALSE(tracker.OnPacket(SeqNum(30'000)));
  EXPECT_EQ(Extended(tracker.OnPacket(SeqNum(1001))), first + 1);
  EXPECT_FALSE(tracker.OnPacket(SeqNum(40'000)));
  const auto restarted = tracker.OnPacket(SeqNum(40'001));
  ASSERT_TRUE(restarted);
  EXPECT_TRUE(restarted->restarted);
  EXPECT_GT(restarted->seq.value(), first + 1);
  EXPECT_EQ(ToSeqNum(restarted->seq), SeqNum(40'001));
}

TEST(SequenceTrackerTest, NumbersNeverGoBackOverARestart) {
  SequenceTracker tracker;
  const int64_t first = Extended(tracker.OnPacket(SeqNum(60'000)));
  tracker.ExpectRestart();
  const auto restarted = tracker.OnPacket(SeqNum(59'990));
  EXPECT_TRUE(restarted->restarted);
  EXPECT_GT(restarted->seq.value(), first);
}

TEST(SequenceTrackerTest, RtxAloneStartsNothing) {
  SequenceTracker tracker;
  EXPECT_FALSE(tracker.OnRepaired(SeqNum(5)));
  tracker.OnPacket(SeqNum(5000));
  EXPECT_FALSE(tracker.OnRepaired(SeqNum(3000)));
  EXPECT_FALSE(tracker.OnRepaired(SeqNum(9000)));
}

}  // namespace
}  // namespace stellwerk
