#include "rtc/producer/keyframe_request_limiter.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

TEST(KeyframeRequestLimiterTest, SendsTheFirstRequestAtOnce) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart, KeyframeReason::kStart));
}

TEST(KeyframeRequestLimiterTest, ManyRequestsBecomeOne) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart, KeyframeReason::kStart));
  for (int ms = 1; ms < 500; ++ms)
    EXPECT_FALSE(limiter.Request(kStart + milliseconds(ms), KeyframeReason::kStart));
  EXPECT_EQ(limiter.sent(), 1U);
}

TEST(KeyframeRequestLimiterTest, ARequestShortlyAfterAKeyframeIsPutOffNotLost) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart, KeyframeReason::kStart));
  limiter.OnKeyframe();
  EXPECT_EQ(limiter.NextTimeout(), kNever);
  EXPECT_FALSE(limiter.Request(kStart + milliseconds(200), KeyframeReason::kStart));
  EXPECT_EQ(limiter.NextTimeout(), kStart + milliseconds(500));
  EXPECT_TRUE(limiter.HandleTimeout(kStart + milliseconds(500)));
}

TEST(KeyframeRequestLimiterTest, RepeatsWithGrowingPausesWhileUnanswered) {
  KeyframeRequestLimiter limiter;
  EXPECT_TRUE(limiter.Request(kStart, KeyframeReason::kStart));
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
  EXPECT_TRUE(limiter.Request(kStart, KeyframeReason::kStart));
  limiter.OnKeyframe();
  EXPECT_FALSE(limiter.HandleTimeout(kStart + std::chrono::seconds(10)));
}

// How often somebody gets a keyframe who asks for one every 50 ms, and each time is answered.
class LastingTroubleTest : public ::testing::Test {
 protected:
  uint64_t Run(TimeDelta time) {
    const uint64_t before = limiter_.sent();
    for (const Timestamp end = now_ + time; now_ < end; now_ += milliseconds(50)) {
      const bool due = limiter_.HandleTimeout(now_);
      if (limiter_.Request(now_, KeyframeReason::kRecovery) || due) limiter_.OnKeyframe();
    }
    return limiter_.sent() - before;
  }
  KeyframeRequestLimiter limiter_;
  Timestamp now_ = kStart;
};

TEST_F(LastingTroubleTest, IsAnsweredEverMoreRarely) {
  EXPECT_LE(Run(std::chrono::seconds(30)), 12U);
  const uint64_t later = Run(std::chrono::seconds(30));
  EXPECT_LE(later, 8U);
  EXPECT_GE(later, 5U);  // but is answered
}

TEST_F(LastingTroubleTest, DoesNotDelayThoseWhoStart) {
  Run(std::chrono::seconds(30));
  while (!limiter_.Request(now_, KeyframeReason::kRecovery)) now_ += milliseconds(50);
  limiter_.OnKeyframe();
  now_ += milliseconds(500);
  EXPECT_FALSE(limiter_.Request(now_, KeyframeReason::kRecovery));
  EXPECT_TRUE(limiter_.Request(now_, KeyframeReason::kStart));
}

TEST_F(LastingTroubleTest, IsForgottenAfterAQuietTime) {
  Run(std::chrono::seconds(30));
  limiter_.Cancel();
  now_ += std::chrono::seconds(10);
  EXPECT_EQ(Run(milliseconds(600)), 2U);
}

TEST(KeyframeRequestLimiterTest, ManyWhoStartCauseNoDelayForRecovery) {
  KeyframeRequestLimiter limiter;
  Timestamp now = kStart;
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(limiter.Request(now, KeyframeReason::kStart));
    limiter.OnKeyframe();
    now += milliseconds(500);
  }
  EXPECT_TRUE(limiter.Request(now, KeyframeReason::kRecovery));
}

TEST(KeyframeRequestLimiterTest, AnUpgradeWaitsForOthersAndInARushForLonger) {
  for (const bool rush : {false, true}) {
    KeyframeRequestLimiter limiter;
    const Timestamp start{std::chrono::seconds(100)};
    const auto reason = rush ? KeyframeReason::kUpgradeInRush : KeyframeReason::kUpgrade;
    EXPECT_FALSE(limiter.Request(start, reason));
    EXPECT_FALSE(limiter.Request(start + std::chrono::milliseconds(100), reason));
    const TimeDelta wait = limiter.NextTimeout() - start;
    EXPECT_EQ(wait, rush ? std::chrono::milliseconds(1500) : std::chrono::milliseconds(150));
    EXPECT_TRUE(limiter.HandleTimeout(limiter.NextTimeout()));
    EXPECT_EQ(limiter.sent(), 1U);
  }
}

TEST(KeyframeRequestLimiterTest, WhoHasNoPictureDoesNotWaitForUpgrades) {
  KeyframeRequestLimiter limiter;
  const Timestamp start{std::chrono::seconds(100)};
  EXPECT_FALSE(limiter.Request(start, KeyframeReason::kUpgradeInRush));
  EXPECT_TRUE(limiter.Request(start + std::chrono::milliseconds(10), KeyframeReason::kStart));
}

}  // namespace
}  // namespace stellwerk
