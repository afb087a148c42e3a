#include "bench/link/rate_timeline.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(50)};
constexpr DataRate kSlow = DataRate::KilobitsPerSecond(100);
constexpr DataRate kFast = DataRate::KilobitsPerSecond(1000);

RateTimeline Steps() {
  return RateTimeline(
      {.points = {{milliseconds(0), kFast}, {seconds(2), kSlow}, {seconds(3), DataRate()}},
       .period = seconds(4)},
      kStart);
}

TEST(RateTimeline, HoldsEachRateUntilTheNextPointAndStartsAgain) {
  const RateTimeline timeline = Steps();
  EXPECT_EQ(timeline.RateAt(kStart - seconds(1)), kFast);
  EXPECT_EQ(timeline.RateAt(kStart + milliseconds(1999)), kFast);
  EXPECT_EQ(timeline.RateAt(kStart + seconds(2)), kSlow);
  EXPECT_EQ(timeline.RateAt(kStart + milliseconds(3500)), DataRate());
  EXPECT_EQ(timeline.RateAt(kStart + seconds(4)), kFast);
  EXPECT_EQ(timeline.RateAt(kStart + seconds(402)), kSlow);
}

TEST(RateTimeline, AddsUpWhatPassesAcrossPoints) {
  const RateTimeline timeline = Steps();
  EXPECT_EQ(timeline.Between(kStart, kStart + seconds(4)), DataSize::Bytes(250'000 + 12'500));
  EXPECT_EQ(timeline.Between(kStart + seconds(1), kStart + seconds(9)),
            DataSize::Bytes(2 * 262'500));
  EXPECT_EQ(timeline.Between(kStart + seconds(1), kStart + seconds(1)), DataSize());
}

TEST(RateTimeline, FinishesAPacketAtThePaceOfTheRatesThatItMeets) {
  const RateTimeline timeline = Steps();
  EXPECT_EQ(timeline.Finish(kStart, DataSize::Bytes(1250)), kStart + milliseconds(10));
  // Half at the fast rate, half at the slow one.
  EXPECT_EQ(timeline.Finish(kStart + milliseconds(1995), DataSize::Bytes(1250)),
            kStart + milliseconds(2050));
  // Waits for the rate to come back.
  EXPECT_EQ(timeline.Finish(kStart + milliseconds(3200), DataSize::Bytes(1250)),
            kStart + milliseconds(4010));
}

TEST(RateTimeline, NeverFinishesWhereNothingPassesAnyMore) {
  const RateTimeline ended({.points = {{milliseconds(0), kFast}, {seconds(1), DataRate()}}},
                           kStart);
  EXPECT_EQ(ended.Finish(kStart + milliseconds(999), DataSize::Bytes(1250)), kNever);
  const RateTimeline dead(
      {.points = {{milliseconds(0), DataRate()}, {seconds(9), kFast}}, .period = seconds(1)},
      kStart);
  EXPECT_EQ(dead.Finish(kStart, DataSize::Bytes(1)), kNever);
}

TEST(RateTimeline, WithoutPointsIsUnlimited) {
  const RateTimeline timeline({}, kStart);
  EXPECT_TRUE(timeline.unlimited());
  EXPECT_EQ(timeline.Finish(kStart, DataSize::Bytes(1'000'000)), kStart);
}

}  // namespace
}  // namespace stellwerk
