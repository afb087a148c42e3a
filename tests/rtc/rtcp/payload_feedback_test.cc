#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/rtcp/fir.h"
#include "rtc/rtcp/pli.h"
#include "rtc/rtcp/remb.h"
#include "tests/rtc/hex.h"
#include "tests/rtc/rtcp/serialized.h"

namespace stellwerk {
namespace {

using testing::ElementsAreArray;

TEST(Pli, ReadsAndWritesThatOfChromium) {
  const auto bytes = FromHex("81ce0002 81bd62e5 645211fc");
  const auto pli = ParseOnly<Pli>(bytes);
  ASSERT_TRUE(pli.has_value());
  EXPECT_EQ(*pli, (Pli{.sender = Ssrc(0x81BD62E5), .media = Ssrc(0x645211FC)}));
  EXPECT_THAT(Serialized(*pli), ElementsAreArray(bytes));
}

TEST(Fir, MatchesTheLayoutOfRfc5104) {
  const Fir fir{.sender = Ssrc(1),
                .entries = {{.media = Ssrc(2), .command = 7}, {.media = Ssrc(3)}}};
  const auto bytes = FromHex("84ce0006 00000001 00000000 00000002 07000000 00000003 00000000");
  EXPECT_THAT(Serialized(fir), ElementsAreArray(bytes));
  const auto parsed = ParseOnly<Fir>(bytes);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, fir);
  EXPECT_FALSE(ParseOnly<Fir>(FromHex("84ce0002 00000001 00000000")).has_value()) << "no entry";
}

TEST(Remb, MatchesTheLayoutOfTheDraft) {
  // 0x3FFFF << 2 = 1048572 bit/s.
  const auto bytes = FromHex("8fce0005 00000001 00000000 52454d42 010bffff 72697f80");
  const auto remb = ParseOnly<Remb>(bytes);
  ASSERT_TRUE(remb.has_value());
  EXPECT_EQ(remb->bitrate, DataRate::BitsPerSecond(1'048'572));
  ASSERT_EQ(remb->streams.size(), 1U);
  EXPECT_EQ(remb->streams[0], Ssrc(0x72697F80));
  EXPECT_THAT(Serialized(*remb), ElementsAreArray(bytes));
}

TEST(Remb, RoundsDownToEighteenBits) {
  for (const int64_t bps : {int64_t{0}, int64_t{1}, int64_t{262'143}, int64_t{1'234'567'890},
                            std::numeric_limits<int64_t>::max()}) {
    const Remb remb{.sender = Ssrc(1), .bitrate = DataRate::BitsPerSecond(bps), .streams = {}};
    const auto parsed = ParseOnly<Remb>(Serialized(remb));
    ASSERT_TRUE(parsed.has_value()) << bps;
    EXPECT_LE(parsed->bitrate.bps(), bps);
    EXPECT_GE(parsed->bitrate.bps(), bps - (bps >> 17));
  }
}

TEST(Remb, OtherApplicationFeedbackIsUnsupportedAndNonsenseMalformed) {
  EXPECT_EQ(ParseOnly<Remb>(FromHex("8fce0004 00000001 00000000 41424344 00000000")).error(),
            DropReason::kUnsupported);
  EXPECT_EQ(ParseOnly<Remb>(FromHex("8fce0004 00000001 00000000 52454d42 00ffffff")).error(),
            DropReason::kMalformed)
      << "2^18 << 63 bit/s";
  EXPECT_EQ(ParseOnly<Remb>(FromHex("8fce0004 00000001 00000000 52454d42 02000001")).error(),
            DropReason::kTruncated);
}

}  // namespace
}  // namespace stellwerk
