#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/rtcp/bye.h"
#include "rtc/rtcp/sdes.h"
#include "tests/rtc/hex.h"
#include "tests/rtc/rtcp/serialized.h"

namespace stellwerk {
namespace {

using testing::ElementsAreArray;

TEST(Sdes, ReadsAndWritesThatOfChromium) {
  const auto bytes = FromHex("81ca0006 81bd62e5 0110 4a3679754e31583844473974346f4d30 0000");
  const auto sdes = ParseOnly<Sdes>(bytes);
  ASSERT_TRUE(sdes.has_value());
  ASSERT_EQ(sdes->chunks.size(), 1U);
  EXPECT_EQ(sdes->chunks[0].source, Ssrc(0x81BD62E5));
  EXPECT_EQ(sdes->chunks[0].Find(SdesType::kCname), "J6yuN1X8DG9t4oM0");
  EXPECT_EQ(sdes->chunks[0].Find(SdesType::kMid), "");
  EXPECT_THAT(Serialized(*sdes), ElementsAreArray(bytes));
}

TEST(Sdes, RoundTripAtEveryPaddingLength) {
  for (std::size_t length = 0; length <= 255; ++length) {
    Sdes sdes = Sdes::ForCname(Ssrc(1), std::string(length, 'c'));
    sdes.chunks.push_back(
        {.source = Ssrc(2), .items = {{SdesType::kMid, "0"}, {SdesType::kRid, "h"}}});
    const auto bytes = Serialized(sdes);
    ASSERT_EQ(bytes.size() % 4, 0U);
    const auto parsed = ParseOnly<Sdes>(bytes);
    ASSERT_TRUE(parsed.has_value()) << length;
    ASSERT_EQ(*parsed, sdes) << length;
  }
}

TEST(Sdes, AnItemOrListWithoutEndIsTruncated) {
  EXPECT_FALSE(ParseOnly<Sdes>(FromHex("81ca0002 00000001 01ff6161")).has_value());
  EXPECT_FALSE(ParseOnly<Sdes>(FromHex("81ca0002 00000001 01026161")).has_value());
  EXPECT_FALSE(ParseOnly<Sdes>(FromHex("82ca0002 00000001 00000000")).has_value());
}

TEST(Bye, RoundTripWithAndWithoutReason) {
  for (const auto* reason : {"", "a", "abc", "going home"}) {
    const Bye bye{.sources = {Ssrc(1), Ssrc(2)}, .reason = reason};
    const auto parsed = ParseOnly<Bye>(Serialized(bye));
    ASSERT_TRUE(parsed.has_value()) << reason;
    EXPECT_EQ(*parsed, bye);
  }
}

TEST(Bye, AReasonBeyondTheEndIsTruncated) {
  EXPECT_EQ(ParseOnly<Bye>(FromHex("81cb0002 00000001 04616263")).error(), DropReason::kTruncated);
  EXPECT_EQ(ParseOnly<Bye>(FromHex("82cb0001 00000001")).error(), DropReason::kTruncated);
}

}  // namespace
}  // namespace stellwerk
