#include "rtc/producer/packet_history.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

class PacketHistoryTest : public ::testing::Test {
 protected:
  void Store(int64_t seq, Timestamp now = kStart) {
    const auto byte = static_cast<uint8_t>(seq);
    PacketHistory::Entry entry;
    entry.packet = pool_.Copy(std::span(&byte, 1));
    entry.seq = ExtendedSeqNum(seq);
    history_.Store(std::move(entry), now);
  }
  bool Has(int64_t seq) {
    const auto* entry = history_.Find(ExtendedSeqNum(seq));
    if (entry == nullptr) return false;
    EXPECT_EQ(entry->packet.bytes()[0], static_cast<uint8_t>(seq));
    return true;
  }

  PacketPool pool_;
  PacketHistory history_{16};
};

TEST_F(PacketHistoryTest, FindsWhatWasStoredInAnyOrder) {
  Store(100);
  Store(103);
  Store(101);
  EXPECT_TRUE(Has(100));
  EXPECT_TRUE(Has(101));
  EXPECT_FALSE(Has(102));
  EXPECT_TRUE(Has(103));
  EXPECT_FALSE(Has(103 + 16));
}

TEST_F(PacketHistoryTest, KeepsTheLatest) {
  for (int64_t seq = 0; seq < 100; ++seq) Store(seq);
  EXPECT_FALSE(Has(83));
  EXPECT_TRUE(Has(84));
  EXPECT_EQ(pool_.outstanding(), 16U);
}

TEST_F(PacketHistoryTest, AGapOfMoreThanARoundLeavesNothingStale) {
  for (int64_t seq = 0; seq < 16; ++seq) Store(seq);
  Store(1000);
  EXPECT_TRUE(Has(1000));
  EXPECT_FALSE(Has(1000 - 10));
  EXPECT_EQ(pool_.outstanding(), 1U);
}

TEST_F(PacketHistoryTest, GivesBuffersBackAfterTwoSeconds) {
  for (int64_t seq = 0; seq < 10; ++seq) Store(seq);
  Store(10, kStart + milliseconds(2100));
  EXPECT_FALSE(Has(9));
  EXPECT_TRUE(Has(10));
  EXPECT_EQ(pool_.outstanding(), 1U);
}

TEST_F(PacketHistoryTest, GivesAllBuffersBackWhenNothingFollows) {
  history_.Expire(kStart);
  for (int64_t seq = 0; seq < 10; ++seq) Store(seq, kStart + milliseconds(seq));
  history_.Expire(kStart + milliseconds(2005));
  EXPECT_FALSE(Has(4));
  EXPECT_TRUE(Has(5));
  history_.Expire(kStart + milliseconds(2100));
  EXPECT_EQ(pool_.outstanding(), 0U);
  Store(10, kStart + milliseconds(2200));
  EXPECT_TRUE(Has(10));
}

TEST_F(PacketHistoryTest, ClearForgetsAll) {
  for (int64_t seq = 0; seq < 10; ++seq) Store(seq);
  history_.Clear();
  EXPECT_EQ(pool_.outstanding(), 0U);
  Store(500);
  EXPECT_TRUE(Has(500));
}

}  // namespace
}  // namespace stellwerk
