#include "rtc/base/ntp_time.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

TEST(NtpTime, TheUnixEpochIsTheOffsetOfRfc868) {
  EXPECT_EQ(ToNtp(Timestamp()).value(), uint64_t{2'208'988'800} << 32);
}

TEST(NtpTime, HalfASecondIsHalfTheFraction) {
  EXPECT_EQ(ToNtp(Timestamp(milliseconds(500))).value() & 0xFFFFFFFF, 0x80000000U);
}

TEST(NtpTime, DifferencesSurviveTheRoundTrip) {
  const Timestamp earlier{std::chrono::seconds(1'700'000'000)};
  const Timestamp later = earlier + milliseconds(1234);
  EXPECT_NEAR(NtpDifference(ToNtp(later), ToNtp(earlier)).count(),
              TimeDelta(milliseconds(1234)).count(), 2);
  EXPECT_NEAR(NtpDifference(ToNtp(earlier), ToNtp(later)).count(),
              -TimeDelta(milliseconds(1234)).count(), 2);
}

TEST(NtpTime, CompactFormCounts65536thsOfASecond) {
  EXPECT_EQ(TimeDeltaToCompactNtp(milliseconds(1500)), 0x00018000U);
  EXPECT_EQ(CompactNtpToTimeDelta(0x00018000), TimeDelta(milliseconds(1500)));
  EXPECT_EQ(TimeDeltaToCompactNtp(milliseconds(-1)), 0U);
  EXPECT_EQ(NtpTime(0x1122334455667788).Compact(), 0x33445566U);
}

}  // namespace
}  // namespace stellwerk
