#include "transport/srtp/stream_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace stellwerk {
namespace {

using Table = StreamTable<uint32_t>;

TEST(StreamTableTest, KeepsStreamsApartHoweverTheyTakeTurns) {
  Table table;
  constexpr uint32_t kStreams = 300;  // it grows, and moves what it holds, several times
  for (uint32_t round = 0; round < 3; ++round) {
    for (uint32_t i = 0; i < kStreams; ++i) {
      table.FindOrAdd(Ssrc(i)) += i;
      table.FindOrAdd(Ssrc(i)) += 1;
    }
  }
  EXPECT_EQ(table.size(), kStreams);
  for (uint32_t i = 0; i < kStreams; ++i) {
    ASSERT_NE(table.Find(Ssrc(i)), nullptr);
    EXPECT_EQ(*table.Find(Ssrc(i)), 3 * (i + 1));
    EXPECT_EQ(table.Find(Ssrc(i)), std::as_const(table).Find(Ssrc(i)));
  }
}

TEST(StreamTableTest, LookingForAStreamAddsNone) {
  Table table;
  EXPECT_EQ(table.Find(Ssrc(1)), nullptr);
  table.FindOrAdd(Ssrc(1)) = 7;
  EXPECT_EQ(table.Find(Ssrc(2)), nullptr);
  EXPECT_EQ(*table.Find(Ssrc(1)), 7U);
  EXPECT_EQ(table.size(), 1U);
}

TEST(StreamTableTest, MovedTableStillFindsItsStreams) {
  Table table;
  table.FindOrAdd(Ssrc(1)) = 7;
  Table moved = std::move(table);
  EXPECT_EQ(*moved.Find(Ssrc(1)), 7U);
  moved.FindOrAdd(Ssrc(2)) = 8;
  Table again;
  again.FindOrAdd(Ssrc(2)) = 9;
  again = std::move(moved);
  EXPECT_EQ(again.FindOrAdd(Ssrc(2)), 8U);
  EXPECT_EQ(again.FindOrAdd(Ssrc(1)), 7U);
}

}  // namespace
}  // namespace stellwerk
