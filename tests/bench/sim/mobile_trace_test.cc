#include "bench/sim/mobile_trace.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bench/link/rate_timeline.h"

namespace stellwerk::synthetic {
namespace {

using std::chrono::seconds;

TEST(MobileTrace, MovesAroundItsMedianWithinItsBounds) {
  const MobileTrace config;
  const RateTrace trace = config.Make(seconds(600), 3);
  std::vector<DataRate> rates;
  for (const RatePoint& point : trace.points) {
    if (point.rate == DataRate()) continue;
    EXPECT_GE(point.rate, config.min);
    EXPECT_LE(point.rate, config.max);
    rates.push_back(point.rate);
  }
  std::sort(rates.begin(), rates.end());
  const auto median = static_cast<double>(rates[rates.size() / 2].bps());
  EXPECT_NEAR(median / static_cast<double>(config.median.bps()), 1, 0.2);
  EXPECT_LT(rates[rates.size() / 10], DataRate::KilobitsPerSecond(1700));
  EXPECT_GT(rates[rates.size() * 9 / 10], DataRate::KilobitsPerSecond(3700));
}

TEST(MobileTrace, HasGapsAndIsTheSameAgainFromItsSeed) {
  const MobileTrace config;
  const RateTrace trace = config.Make(seconds(600), 3);
  const auto gaps = std::count_if(trace.points.begin(), trace.points.end(),
                                  [](const RatePoint& point) { return point.rate == DataRate(); });
  EXPECT_GT(gaps, 15);
  EXPECT_LT(gaps, 50);
  EXPECT_TRUE(std::is_sorted(trace.points.begin(), trace.points.end(),
                             [](const RatePoint& a, const RatePoint& b) { return a.at < b.at; }));
  const Timestamp start(seconds(1));
  const RateTimeline once(trace, start);
  const RateTimeline again(config.Make(seconds(600), 3), start);
  const RateTimeline other(config.Make(seconds(600), 4), start);
  EXPECT_EQ(once.Between(start, start + seconds(600)), again.Between(start, start + seconds(600)));
  EXPECT_NE(once.Between(start, start + seconds(600)), other.Between(start, start + seconds(600)));
}

}  // namespace
}  // namespace stellwerk::synthetic
