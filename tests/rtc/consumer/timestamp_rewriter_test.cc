#include "rtc/consumer/timestamp_rewriter.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};

TEST(TimestampRewriterTest, FollowsCaptureTimeWhateverTheSourcesCount) {
  TimestampRewriter rewriter(90'000, 777, kStart, 90);
  rewriter.StartRun(5'000'000, kStart + milliseconds(100), kStart + milliseconds(100));
  EXPECT_EQ(rewriter.Rewrite(5'000'000), RtpTimestamp(777 + 9000));
  EXPECT_EQ(rewriter.Rewrite(5'003'000), RtpTimestamp(777 + 12'000));
  // Another source, two seconds later.
  rewriter.StartRun(42, kStart + milliseconds(2100), kStart + milliseconds(2110));
  EXPECT_EQ(rewriter.Rewrite(42), RtpTimestamp(777 + 189'000));
}

TEST(TimestampRewriterTest, NeverGoesBackAtASwitch) {
  TimestampRewriter rewriter(90'000, 0, kStart, 90);
  rewriter.StartRun(0, kStart + seconds(1), kStart + seconds(1));
  const auto last = rewriter.Rewrite(0);
  // The same picture in another layer.
  rewriter.StartRun(1000, kStart + seconds(1), kStart + seconds(1));
  EXPECT_EQ(rewriter.Rewrite(1000) - last, 90);
}

TEST(TimestampRewriterTest, TheShiftOfOneSwitchIsNotCarriedToTheNext) {
  TimestampRewriter rewriter(90'000, 0, kStart, 90);
  for (int i = 0; i < 10; ++i) {
    rewriter.StartRun(i * 1000, kStart + seconds(1), kStart + seconds(1));
    rewriter.Rewrite(i * 1000);
  }
  rewriter.StartRun(0, kStart + seconds(2), kStart + seconds(2));
  EXPECT_EQ(rewriter.Rewrite(0), RtpTimestamp(180'000));
}

TEST(TimestampRewriterTest, WrapsAround) {
  TimestampRewriter rewriter(90'000, 0xFFFFFFF0, kStart, 90);
  rewriter.StartRun(0, kStart, kStart);
  EXPECT_EQ(rewriter.Rewrite(0), RtpTimestamp(0xFFFFFFF0));
  EXPECT_EQ(rewriter.Rewrite(0x20), RtpTimestamp(0x10));
}

TEST(TimestampRewriterTest, AnImpossibleCaptureTimeIsReplacedByNow) {
  TimestampRewriter rewriter(90'000, 0, kStart, 90);
  rewriter.StartRun(0, kStart - std::chrono::hours(1), kStart + seconds(1));
  EXPECT_EQ(rewriter.Rewrite(0), RtpTimestamp(90'000));
}

}  // namespace
}  // namespace stellwerk
