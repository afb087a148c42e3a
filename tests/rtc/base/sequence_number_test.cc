#include "rtc/base/sequence_number.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

TEST(SeqNum, KnowsWhichIsNewerAcrossTheWrap) {
  EXPECT_TRUE(SeqNum(0).IsNewerThan(SeqNum(65535)));
  EXPECT_FALSE(SeqNum(65535).IsNewerThan(SeqNum(0)));
  EXPECT_TRUE(SeqNum(100).IsNewerThan(SeqNum(99)));
  EXPECT_FALSE(SeqNum(99).IsNewerThan(SeqNum(99)));
  EXPECT_EQ(SeqNum(2) - SeqNum(65534), 4);
  EXPECT_EQ((SeqNum(65535) + 2).value(), 1);
  EXPECT_EQ((SeqNum(1) + -2).value(), 65535);
}

TEST(Unwrapper, CountsWrapArounds) {
  Unwrapper<SeqNum> unwrapper;
  EXPECT_EQ(unwrapper.Unwrap(SeqNum(65534)), 65534);
  EXPECT_EQ(unwrapper.Unwrap(SeqNum(1)), 65537);
  EXPECT_EQ(unwrapper.Unwrap(SeqNum(65535)), 65535) << "a late packet belongs to the last round";
  EXPECT_EQ(unwrapper.Unwrap(SeqNum(2)), 65538);
}

TEST(Unwrapper, FollowsManyRounds) {
  Unwrapper<SeqNum> unwrapper;
  int64_t expected = 0;
  for (; expected < 5 * 65536; expected += 999) {
    ASSERT_EQ(unwrapper.Unwrap(SeqNum(static_cast<uint16_t>(expected))), expected);
  }
}

TEST(Unwrapper, PeekRemembersNothing) {
  Unwrapper<SeqNum> unwrapper;
  unwrapper.Unwrap(SeqNum(10));
  EXPECT_EQ(unwrapper.Peek(SeqNum(30000)), 30000);
  EXPECT_EQ(unwrapper.Peek(SeqNum(50000)), 50000 - 65536);
  EXPECT_EQ(unwrapper.Unwrap(SeqNum(11)), 11);
}

TEST(ExtendedSeqNum, LowBitsAreTheSequenceNumber) {
  EXPECT_EQ(ToSeqNum(ExtendedSeqNum(65537)).value(), 1);
  EXPECT_EQ(ToSeqNum(ExtendedSeqNum(-1)).value(), 65535);
}

}  // namespace
}  // namespace stellwerk
