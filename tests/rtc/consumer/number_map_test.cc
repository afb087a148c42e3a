#include "rtc/consumer/number_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "rtc/base/random.h"

namespace stellwerk {
namespace {

using State = NumberMap::State;

TEST(NumberMapTest, ForwardsContinuously) {
  NumberMap map(64, 500);
  EXPECT_EQ(map.Forward(10), 500);
  EXPECT_EQ(map.Forward(11), 501);
}

TEST(NumberMapTest, AGapOfTheSourceStaysAGapAndCanBeFilledLate) {
  NumberMap map(64, 500);
  map.Forward(10);
  EXPECT_EQ(map.Forward(13), 503);
  EXPECT_EQ(map.StateOf(11), State::kReserved);
  EXPECT_EQ(map.Forward(11), 501);
  EXPECT_EQ(map.StateOf(11), State::kForwarded);
  EXPECT_EQ(map.Forward(14), 504);
}

TEST(NumberMapTest, WhatIsDroppedOnPurposeTakesNoNumber) {
  NumberMap map(64, 500);
  map.Forward(10);
  EXPECT_EQ(map.Drop(11), std::nullopt);
  EXPECT_EQ(map.Drop(12), std::nullopt);
  EXPECT_EQ(map.Forward(13), 501);
  EXPECT_EQ(map.Forward(12), std::nullopt);
}

TEST(NumberMapTest, DroppingLateHandsBackTheNumberThatWasKept) {
  NumberMap map(64, 500);
  map.Forward(10);
  map.Forward(12);
  EXPECT_EQ(map.Drop(11), 501);
  EXPECT_EQ(map.Drop(11), std::nullopt);
  EXPECT_EQ(map.Forward(11), std::nullopt);
}

TEST(NumberMapTest, ANewRunContinuesAndWhatLiesBeforeItIsTooOld) {
  NumberMap map(64, 500);
  map.Forward(10);
  map.Forward(12);
  map.StartRun(9000);
  EXPECT_EQ(map.Forward(9000), 503);
  EXPECT_EQ(map.Forward(8999), std::nullopt);
  EXPECT_EQ(map.StateOf(11), State::kTooOld);
  EXPECT_EQ(map.Forward(9001), 504);
}

TEST(NumberMapTest, ALossBeyondRepairLeavesOneNumberOpen) {
  NumberMap map(64, 500);
  map.Forward(10);
  EXPECT_EQ(map.Forward(10'000), 502);
  EXPECT_EQ(map.Forward(9'999), std::nullopt);
  EXPECT_EQ(map.Forward(10'001), 503);
}

TEST(NumberMapTest, RandomDropsAndReorderingNeverGiveOneNumberTwiceOrSkipOne) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    NumberMap map(64, 0);
    // Nobody is overtaken by more than eight.
    std::vector<std::pair<int64_t, int64_t>> order;
    for (int64_t i = 0; i < 500; ++i) order.emplace_back(i + random.NextU32() % 9, i);
    std::sort(order.begin(), order.end());
    std::vector<int> used(600);
    for (const auto& [place, source] : order) {
      const auto output = random.NextU32() % 3 == 0 ? map.Drop(source) : map.Forward(source);
      if (output) ++used[static_cast<std::size_t>(*output)];
    }
    // Every number up to the newest was given out exactly once: forwarded, or to be filled.
    for (int64_t n = 0; n <= map.newest_output(); ++n) {
      ASSERT_EQ(used[static_cast<std::size_t>(n)], 1) << n;
    }
  }
}

TEST(NumberMapTest, TheEndOfARunTellsWhatIsStillOpenAndOnce) {
  NumberMap map(16, 100);
  map.StartRun(7);
  EXPECT_EQ(map.Forward(7), 100);
  EXPECT_EQ(map.Forward(10), 103);
  EXPECT_EQ(map.Forward(8), 101);
  EXPECT_EQ(map.EndRun(), (std::vector<NumberMap::Kept>{{.source = 9, .output = 102}}));
  EXPECT_EQ(map.Forward(9), std::nullopt) << "its number is taken";
  EXPECT_TRUE(map.EndRun().empty());
  map.StartRun(50);
  EXPECT_EQ(map.Forward(50), 104);
}

}  // namespace
}  // namespace stellwerk
