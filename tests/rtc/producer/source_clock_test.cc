#include "rtc/producer/source_clock.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1'700'000'000)};
// A publisher whose clock is an hour off.
constexpr TimeDelta kClockError = seconds(-3600);

TEST(SourceClockTest, UnitsConvertExactlyFarBeyond32Bits) {
  const int64_t units = int64_t{90'000} * 3600 * 24 * 365;
  EXPECT_EQ(StreamClock::UnitsToTime(units, 90'000), std::chrono::hours(24 * 365));
  EXPECT_EQ(StreamClock::TimeToUnits(std::chrono::hours(24 * 365), 90'000), units);
  EXPECT_EQ(StreamClock::UnitsToTime(-45, 90'000), microseconds(-500));
}

TEST(SourceClockTest, WithoutReportsTheShortestWayCounts) {
  const PublisherClock publisher;
  StreamClock clock(90'000);
  for (int frame = 0; frame < 100; ++frame) {
    // All but each tenth frame are held up by 30 ms.
    const TimeDelta late = frame % 10 == 5 ? milliseconds(10) : milliseconds(40);
    EXPECT_TRUE(clock.OnPacket(frame * 3000, kStart + frame * microseconds(33'333) + late));
  }
  const Timestamp captured = clock.TimeOf(99 * 3000, publisher);
  EXPECT_NEAR(ToMilliseconds(captured - (kStart + 99 * microseconds(33'333))), 10, 1);
}

TEST(SourceClockTest, AudioAndVideoOfOnePublisherAgreeOnTheTimeOfOneMoment) {
  PublisherClock publisher;
  StreamClock audio(48'000);
  StreamClock video(90'000);
  // Video frames leave 60 ms after their capture, audio 5 ms; both reports tell the capture clock.
  audio.OnPacket(48'000, kStart + milliseconds(1005));
  video.OnPacket(90'000, kStart + milliseconds(1060));
  publisher.OnSenderReport(ToNtp(kStart + kClockError + seconds(2)), kStart + milliseconds(2020));
  audio.OnSenderReport(ToNtp(kStart + kClockError + seconds(2)), 96'000);
  publisher.OnSenderReport(ToNtp(kStart + kClockError + milliseconds(2500)),
                           kStart + milliseconds(2570));
  video.OnSenderReport(ToNtp(kStart + kClockError + milliseconds(2500)), 225'000);
  const auto skew =
      audio.TimeOf(48'000 * 10, publisher) - video.TimeOf(int64_t{90'000} * 10, publisher);
  EXPECT_LE(std::abs(ToMicroseconds(skew)), 2);
  // And they say so in the slots' sender reports: timestamps of the same moment.
  EXPECT_NEAR(static_cast<double>(audio.TimestampAt(kStart + seconds(9), publisher)) / 48'000,
              static_cast<double>(video.TimestampAt(kStart + seconds(9), publisher)) / 90'000,
              0.0001);
}

TEST(SourceClockTest, ANonsensicalReportIsNotBelieved) {
  PublisherClock publisher;
  StreamClock clock(90'000);
  clock.OnPacket(1'000'000, kStart);
  publisher.OnSenderReport(ToNtp(kStart), kStart);
  clock.OnSenderReport(ToNtp(kStart), 1'000'000 - 90'000 * 60);
  EXPECT_EQ(clock.TimeOf(1'000'000, publisher), kStart);
}

TEST(SourceClockTest, JumpingTimestampsAreTold) {
  StreamClock clock(90'000);
  EXPECT_TRUE(clock.OnPacket(0, kStart));
  EXPECT_TRUE(clock.OnPacket(90'000, kStart + seconds(1)));
  EXPECT_FALSE(clock.OnPacket(90'000 * 100, kStart + milliseconds(1033)));
  EXPECT_EQ(clock.TimeOf(90'000 * 100, PublisherClock()), kStart + milliseconds(1033));
}

TEST(SourceClockTest, APublisherThatSetsItsClockIsFollowed) {
  PublisherClock publisher;
  publisher.OnSenderReport(ToNtp(kStart), kStart + milliseconds(20));
  publisher.OnSenderReport(ToNtp(kStart + seconds(101)), kStart + seconds(1) + milliseconds(20));
  const auto ours = publisher.ToOurs(ToNtp(kStart + seconds(101)));
  ASSERT_TRUE(ours);
  EXPECT_NEAR(ToMilliseconds(*ours - kStart), 1020, 1);
}

}  // namespace
}  // namespace stellwerk
