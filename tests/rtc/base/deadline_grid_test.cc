#include "rtc/base/deadline_grid.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

TEST(DeadlineGrid, ADeadlineIsNeverEarlierAndLessThanAStepLater) {
  const Timestamp grid{100s};
  EXPECT_EQ(OnDeadlineGrid(grid), grid);
  EXPECT_EQ(OnDeadlineGrid(grid + 1ns), grid + 25ms);
  EXPECT_EQ(OnDeadlineGrid(grid + 25ms), grid + 25ms);
  EXPECT_EQ(OnDeadlineGrid(grid + 1ns, kTurnGrid), grid + 1ms);
  EXPECT_EQ(OnDeadlineGrid(grid + 10001us, kFeedbackGrid), grid + 20ms);
}

TEST(DeadlineGrid, NeverStaysNever) { EXPECT_EQ(OnDeadlineGrid(kNever), kNever); }

}  // namespace
}  // namespace stellwerk
