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

TEST_F(PacketHistoryTest, KeepsAllOfTwoSecondsWhicheverWayItGrows) {
  PacketHistory history(1024);
  const auto store = [&](int64_t seq, Timestamp now) {
    const auto byte = static_cast<uint8_t>(seq);
    history.Store({.packet = pool_.Copy(std::span(&byte, 1)), .seq = ExtendedSeqNum(seq)}, now);
  };
  // 200 a second, every fifth of them 50 numbers late, every eleventh never there.
  for (int64_t i = 0; i < 2000; ++i) {
    const Timestamp now = kStart + milliseconds(5 * i);
    if (i % 5 != 0 && i % 11 != 0) store(i, now);
    if (i >= 50 && (i - 50) % 5 == 0 && (i - 50) % 11 != 0) store(i - 50, now);
    for (int64_t seq = std::max<int64_t>(0, i - 300); i % 100 == 0 && seq < i - 60; ++seq) {
      const auto* entry = history.Find(ExtendedSeqNum(seq));
      ASSERT_EQ(entry != nullptr, seq % 11 != 0) << seq << " at " << i;
      if (entry != nullptr) {
        ASSERT_EQ(entry->packet.bytes()[0], static_cast<uint8_t>(seq));
      }
    }
  }
  EXPECT_LT(pool_.outstanding(), 450U);
  history.Clear();
}

TEST_F(PacketHistoryTest, ALatePacketFromBeforeTheFirstIsKept) {
  PacketHistory history(1024);
  const auto store = [&](int64_t seq) {
    history.Store({.packet = pool_.Allocate(1), .seq = ExtendedSeqNum(seq)}, kStart);
  };
  store(1000);
  store(1001);
  store(400);
  for (const int64_t seq : {400, 1000, 1001}) {
    EXPECT_NE(history.Find(ExtendedSeqNum(seq)), nullptr) << seq;
  }
  store(-30);
  EXPECT_EQ(history.Find(ExtendedSeqNum(-30)), nullptr) << "more than a round ago";
  history.Clear();
}

TEST_F(PacketHistoryTest, KnowsTheSizeOfWhatIsThereInOnePiece) {
  for (int64_t seq = 0; seq < 10; ++seq) {
    if (seq == 7) continue;
    history_.Store({.packet = pool_.Allocate(1),
                    .seq = ExtendedSeqNum(seq),
                    .payload_size = static_cast<uint16_t>(100 + seq)},
                   kStart);
  }
  const auto size = [&](int64_t first, int64_t last, int64_t limit) {
    return history_.SizeOf(ExtendedSeqNum(first), ExtendedSeqNum(last), DataSize::Bytes(limit));
  };
  EXPECT_EQ(size(2, 4, 1000), DataSize::Bytes(102 + 103 + 104));
  EXPECT_EQ(size(2, 4, 309), DataSize::Bytes(309));
  EXPECT_EQ(size(2, 4, 308), std::nullopt) << "more than wanted";
  EXPECT_EQ(size(5, 8, 1000), std::nullopt) << "one is missing";
  EXPECT_EQ(size(9, 10, 1000), std::nullopt) << "one has not come yet";
}

TEST_F(PacketHistoryTest, ClearForgetsAll) {
  for (int64_t seq = 0; seq < 10; ++seq) Store(seq);
  history_.Clear();
  EXPECT_EQ(pool_.outstanding(), 0U);
  EXPECT_FALSE(Has(9));
  history_.Expire(kStart + milliseconds(5000));  // there is nothing left that could
  Store(500);
  EXPECT_TRUE(Has(500));
}

}  // namespace
}  // namespace stellwerk
