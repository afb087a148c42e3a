#include "rtc/producer/frame_continuity.h"

#include <gtest/gtest.h>

#include "rtc/producer/delivery_score.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

TEST(FrameContinuityTest, AGapThatAViewerNoticesIsAFreeze) {
  FrameContinuity frames;
  Timestamp now{};
  for (int i = 0; i < 30; ++i) frames.OnFrame(now += milliseconds(33));
  frames.OnFrame(now += milliseconds(450));
  EXPECT_EQ(frames.freezes(), 0U);
  frames.OnFrame(now += milliseconds(700));
  EXPECT_EQ(frames.freezes(), 1U);
  EXPECT_GT(frames.frozen(), milliseconds(600));
  EXPECT_EQ(frames.frames(), 32U);
}

TEST(FrameContinuityTest, OneFrameASecondIsNoFreezeNorIsAPause) {
  FrameContinuity frames;
  Timestamp now{};
  for (int i = 0; i < 10; ++i) frames.OnFrame(now += milliseconds(1000));
  EXPECT_EQ(frames.freezes(), 0U);
  frames.Pause();
  frames.OnFrame(now += std::chrono::minutes(1));
  EXPECT_EQ(frames.freezes(), 0U);
}

TEST(DeliveryScoreTest, FallsAtOnceAndRecovers) {
  DeliveryScore score;
  EXPECT_EQ(score.score(), 10);
  score.OnInterval(100, 1);
  EXPECT_EQ(score.score(), 9);
  score.OnInterval(100, 100);
  EXPECT_EQ(score.score(), 0);
  for (int i = 0; i < 8; ++i) score.OnInterval(100, -3);
  EXPECT_EQ(score.score(), 10);
}

}  // namespace
}  // namespace stellwerk
