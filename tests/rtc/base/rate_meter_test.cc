#include "rtc/base/rate_meter.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::hours(24)};

TEST(RateMeterTest, ReportsTheRateOfASteadyStream) {
  RateMeter meter;
  Timestamp now = kStart;
  for (int i = 0; i < 300; ++i) {
    meter.Add(DataSize::Bytes(1250), now);
    now += milliseconds(10);
  }
  EXPECT_NEAR(static_cast<double>(meter.Rate(now).bps()), 1e6, 2e4);
}

TEST(RateMeterTest, KnowsARateSoonAfterTheStart) {
  RateMeter meter;
  Timestamp now = kStart;
  for (int i = 0; i < 20; ++i) {
    meter.Add(DataSize::Bytes(1250), now);
    now += milliseconds(10);
  }
  EXPECT_NEAR(static_cast<double>(meter.Rate(now).bps()), 1e6, 1e4);
}

TEST(RateMeterTest, ForgetsWhatIsOlderThanASecond) {
  RateMeter meter;
  meter.Add(DataSize::Bytes(100'000), kStart);
  EXPECT_GT(meter.Rate(kStart + milliseconds(800)), DataRate());
  EXPECT_EQ(meter.Rate(kStart + milliseconds(1100)), DataRate());
}

TEST(RateMeterTest, SaysZeroForALongSilenceAndBeginsAnewAfterIt) {
  RateMeter meter;
  EXPECT_EQ(meter.Rate(kStart), DataRate());
  meter.Add(DataSize::Bytes(100'000), kStart);
  EXPECT_EQ(meter.Rate(kStart + seconds(60)), DataRate());
  Timestamp now = kStart + seconds(60);
  for (int i = 0; i < 20; ++i) {
    meter.Add(DataSize::Bytes(1250), now);
    now += milliseconds(10);
  }
  EXPECT_NEAR(static_cast<double>(meter.Rate(now).bps()), 1e6, 1e4);
}

}  // namespace
}  // namespace stellwerk
