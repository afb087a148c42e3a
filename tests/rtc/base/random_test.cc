#include "rtc/base/random.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

TEST(SeededRandom, ReplaysFromItsSeed) {
  SeededRandom a(7);
  SeededRandom b(7);
  SeededRandom other(8);
  const uint64_t first = a.NextU64();
  EXPECT_EQ(first, b.NextU64());
  EXPECT_NE(first, other.NextU64());
  EXPECT_NE(first, a.NextU64());
}

}  // namespace
}  // namespace stellwerk
