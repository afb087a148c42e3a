// What a meter says must be what was done to the stream: each test knows the truth beforehand.
#include "bench/synthetic/reception.h"

#include <gtest/gtest.h>

#include <set>

#include "rtc/base/random.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

class ReceptionTest : public ::testing::Test {
 protected:
  void Original(int seq) {
    meter_.OnPacket(1200, kStart);
    const auto position = tracker_.OnPacket(SeqNum(static_cast<uint16_t>(seq)));
    if (position) meter_.OnOriginal(*position);
  }
  void Repair(int seq) {
    meter_.OnPacket(1202, kStart);
    const auto position = tracker_.OnRepaired(SeqNum(static_cast<uint16_t>(seq)));
    if (position) meter_.OnRepair(*position);
  }
  const ReceptionStats& stats() const { return meter_.stats(); }

  SequenceTracker tracker_;
  ReceptionMeter meter_;
};

TEST_F(ReceptionTest, AStreamInOrderHasLostNothing) {
  for (int seq = 65'000; seq < 67'000; ++seq) Original(seq);
  EXPECT_EQ(stats().packets, 2000U);
  EXPECT_EQ(stats().bytes, 2'400'000U);
  EXPECT_EQ(stats().expected, 2000U);
  EXPECT_EQ(stats().received, 2000U);
  EXPECT_EQ(stats().lost_before_repair(), 0U);
  EXPECT_EQ(stats().lost(), 0U);
  EXPECT_EQ(stats().duplicates, 0U);
  EXPECT_EQ(stats().reordered, 0U);
}

TEST_F(ReceptionTest, LossIsCountedBeforeAndAfterRepair) {
  for (const int seq : {1, 2, 5, 6, 10}) Original(seq);
  EXPECT_EQ(stats().expected, 10U);
  EXPECT_EQ(stats().lost_before_repair(), 5U);
  EXPECT_EQ(stats().lost(), 5U);
  for (const int seq : {3, 4, 7}) Repair(seq);
  EXPECT_EQ(stats().repaired, 3U);
  EXPECT_EQ(stats().lost_before_repair(), 5U);
  EXPECT_EQ(stats().lost(), 2U);
  EXPECT_EQ(stats().duplicates, 0U);
}

TEST_F(ReceptionTest, ARepairOfWhatWasThereIsADuplicate) {
  for (const int seq : {1, 2, 4}) Original(seq);
  Repair(2);
  Repair(3);
  Repair(3);
  EXPECT_EQ(stats().duplicates, 2U);
  EXPECT_EQ(stats().repaired, 1U);
  EXPECT_EQ(stats().lost(), 0U);
}

TEST_F(ReceptionTest, AnOriginalThatItsRepairHasOvertakenWasNotLost) {
  for (const int seq : {1, 2, 4}) Original(seq);
  Repair(3);
  Original(3);
  EXPECT_EQ(stats().received, 4U);
  EXPECT_EQ(stats().repaired, 0U);
  EXPECT_EQ(stats().lost_before_repair(), 0U);
  EXPECT_EQ(stats().duplicates, 1U);
  EXPECT_EQ(stats().reordered, 1U);
  Original(3);
  EXPECT_EQ(stats().received, 4U);
  EXPECT_EQ(stats().duplicates, 2U);
}

TEST_F(ReceptionTest, WhatComesWithALowerNumberIsReordered) {
  for (const int seq : {1, 4, 3, 2, 5, 7, 6}) Original(seq);
  EXPECT_EQ(stats().reordered, 3U);
  EXPECT_EQ(stats().lost_before_repair(), 0U);
  // RTX says nothing about the order on the way, neither itself nor of others.
  Repair(9);
  Original(8);
  EXPECT_EQ(stats().reordered, 3U);
}

TEST_F(ReceptionTest, PacketsFromBeforeTheFirstThatCameBelongToTheStream) {
  for (const int seq : {10, 8, 9, 11}) Original(seq);
  EXPECT_EQ(stats().expected, 4U);
  EXPECT_EQ(stats().lost(), 0U);
  EXPECT_EQ(stats().reordered, 2U);
}

TEST_F(ReceptionTest, WhatLiesBetweenTwoRunsOfNumbersIsNotLost) {
  for (int seq = 100; seq < 200; ++seq) Original(seq);
  // The first of the new run is what shows that there is one; the tracker drops it.
  for (int seq = 30'000; seq < 30'101; ++seq) Original(seq);
  EXPECT_EQ(stats().expected, 200U);
  EXPECT_EQ(stats().lost_before_repair(), 0U);
}

TEST_F(ReceptionTest, ARandomStreamIsCountedExactly) {
  SeededRandom random(3);
  constexpr int kPackets = 50'000;
  std::set<int> missing;
  uint64_t lost = 0;
  uint64_t repaired = 0;
  for (int seq = 0; seq < kPackets; ++seq) {
    // The ends are there, or nobody could know of them.
    if (seq > 0 && seq + 1 < kPackets && random.NextU32() % 10 == 0) {
      missing.insert(seq);
      ++lost;
    } else {
      Original(seq);
    }
    if (missing.size() > 30) {
      Repair(*missing.begin());
      ++repaired;
      missing.erase(missing.begin());
    }
  }
  EXPECT_EQ(stats().expected, static_cast<uint64_t>(kPackets));
  EXPECT_EQ(stats().lost_before_repair(), lost);
  EXPECT_EQ(stats().repaired, repaired);
  EXPECT_EQ(stats().lost(), missing.size());
  EXPECT_EQ(stats().duplicates, 0U);
}

TEST_F(ReceptionTest, StreamsAreSummed) {
  Original(1);
  Original(3);
  ReceptionStats sum = stats();
  ReceptionStats other = stats();
  other.first_arrival = kStart - 1s;
  sum += other;
  EXPECT_EQ(sum.packets, 4U);
  EXPECT_EQ(sum.expected, 6U);
  EXPECT_EQ(sum.lost(), 2U);
  EXPECT_EQ(sum.first_arrival, kStart - 1s);
  ReceptionStats none;
  none += stats();
  EXPECT_EQ(none.first_arrival, kStart);
}

}  // namespace
}  // namespace stellwerk::synthetic
