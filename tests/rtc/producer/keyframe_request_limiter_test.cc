#include "rtc/producer/keyframe_request_limiter.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

TEST(KeyframeRequestLimiterTest, SendsTheFirstRequestAtOnce) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart));
}

TEST(KeyframeRequestLimiterTest, ManyRequestsBecomeOne) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart));
  for (int ms = 1; ms < 500; ++ms) EXPECT_FALSE(limiter.Request(kStart + milliseconds(ms)));
  EXPECT_EQ(limiter.sent(), 1U);
}

TEST(KeyframeRequestLimiterTest, ARequestShortlyAfterAKeyframeIsPutOffNotLost) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart));
  limiter.OnKeyframe();
  EXPECT_EQ(limiter.NextTimeout(), kNever);
  EXPECT_FALSE(limiter.Request(kStart + milliseconds(200)));
  EXPECT_EQ(limiter.NextTimeout(), kStart + milliseconds(500));
  EXPECT_TRUE(limiter.HandleTimeout(kStart + milliseconds(500)));
}

TEST(KeyframeRequestLimiterTest, RepeatsWithGrowingPausesWhileUnanswered) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart));
  Timestamp last = kStart;
  TimeDelta pause{};
  for (int i = 0; i < 10; ++i) {
    const Timestamp next = limiter.NextTimeout();
    EXPECT_FALSE(limiter.HandleTimeout(next - milliseconds(1)));
    EXPECT_TRUE(limiter.HandleTimeout(next));
    EXPECT_GE(next - last, pause);
    EXPECT_LE(next - last, std::chrono::seconds(3));
    pause = next - last;
    last = next;
  }
  EXPECT_GT(pause, milliseconds(500));
}

TEST(KeyframeRequestLimiterTest, AKeyframeEndsTheRepeating) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart));
  limiter.OnKeyframe();
  EXPECT_FALSE(limiter.HandleTimeout(kStart + std::chrono::seconds(10)));
}

}  // namespace
}  // namespace stellwerk
