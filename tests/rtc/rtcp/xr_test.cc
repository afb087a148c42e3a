#include "rtc/rtcp/xr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rtc/hex.h"
#include "tests/rtc/rtcp/serialized.h"

namespace stellwerk {
namespace {

using testing::ElementsAreArray;

TEST(Xr, MatchesTheLayoutOfRfc3611) {
  const auto bytes =
      FromHex("80cf0008 00000001 04000002 eeacc347311d3671 05000003 0000cafe c347311d 00010000");
  const auto xr = ParseOnly<Xr>(bytes);
  ASSERT_TRUE(xr.has_value());
  EXPECT_EQ(xr->receiver_reference_time, NtpTime(0xEEACC347311D3671));
  ASSERT_EQ(xr->dlrr.size(), 1U);
  EXPECT_EQ(xr->dlrr[0].receiver, Ssrc(0xCAFE));
  EXPECT_EQ(xr->dlrr[0].last_receiver_report, xr->receiver_reference_time->Compact());
  EXPECT_EQ(CompactNtpToTimeDelta(xr->dlrr[0].delay), std::chrono::seconds(1));
  EXPECT_THAT(Serialized(*xr), ElementsAreArray(bytes));
}

TEST(Xr, SkipsBlocksThatItDoesNotKnow) {
  const auto xr =
      ParseOnly<Xr>(FromHex("80cf0006 00000001 2a000001 11223344 04000002 0000000100000002"));
  ASSERT_TRUE(xr.has_value());
  EXPECT_EQ(xr->receiver_reference_time, NtpTime(0x0000000100000002));
  EXPECT_TRUE(xr->dlrr.empty());
}

TEST(Xr, RejectsBlocksThatOverrunOrAreTooShort) {
  EXPECT_EQ(ParseOnly<Xr>(FromHex("80cf0002 00000001 04000002")).error(), DropReason::kTruncated);
  EXPECT_EQ(ParseOnly<Xr>(FromHex("80cf0003 00000001 04000001 00000000")).error(),
            DropReason::kMalformed);
}

}  // namespace
}  // namespace stellwerk
