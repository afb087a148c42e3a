#include "bench/synthetic/distribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "rtc/base/random.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

// Between 1 ns and 100 s, each power of ten alike.
TimeDelta AnyDuration(Random& random) {
  const double exponent = static_cast<double>(random.NextU32()) / 4294967296.0 * 11;
  return TimeDelta(std::llround(std::pow(10, exponent)));
}

TimeDelta NearestRank(const std::vector<TimeDelta>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Distribution, PercentilesAreWithinOnePerCentWhateverTheRange) {
  SeededRandom random(7);
  Distribution distribution;
  std::vector<TimeDelta> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(AnyDuration(random));
    distribution.Add(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double share : {0.0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
    const auto exact = static_cast<double>(NearestRank(all, share).count());
    EXPECT_NEAR(static_cast<double>(distribution.Percentile(share).count()), exact, exact * 0.0079)
        << share;
  }
  EXPECT_EQ(distribution.min(), all.front());
  EXPECT_EQ(distribution.max(), all.back());
  double sum = 0;
  for (const TimeDelta value : all) sum += static_cast<double>(value.count());
  EXPECT_NEAR(static_cast<double>(distribution.mean().count()), sum / 20'000, 1);
}

TEST(Distribution, SmallValuesAreExact) {
  Distribution distribution;
  for (int i = 0; i < 128; ++i) distribution.Add(TimeDelta(i));
  for (int i = 1; i <= 128; ++i) EXPECT_EQ(distribution.Percentile(i / 128.0), TimeDelta(i - 1));
}

TEST(Distribution, AWholeNumberOfValuesIsNotRoundedUp) {
  Distribution distribution;
  for (int i = 1; i <= 100; ++i) distribution.Add(TimeDelta(i));
  for (int i = 1; i <= 100; ++i) EXPECT_EQ(distribution.Percentile(i / 100.0), TimeDelta(i));
}

TEST(Distribution, OneValueIsItsOwnPercentiles) {
  Distribution distribution;
  distribution.Add(123'456'789ns, 5);
  EXPECT_EQ(distribution.count(), 5U);
  EXPECT_EQ(distribution.mean(), 123'456'789ns);
  for (const double share : {0.0, 0.5, 1.0}) {
    EXPECT_EQ(distribution.Percentile(share), 123'456'789ns);
  }
}

TEST(Distribution, EmptyIsZero) {
  const Distribution distribution;
  EXPECT_TRUE(distribution.empty());
  EXPECT_EQ(distribution.Percentile(0.5), 0ns);
  EXPECT_EQ(distribution.mean(), 0ns);
  EXPECT_EQ(distribution.ShareUpTo(1s), 0);
  EXPECT_TRUE(distribution.Cumulative(10).empty());
}

TEST(Distribution, TheExtremesOfTimeHaveABucket) {
  Distribution distribution;
  distribution.Add(TimeDelta::max());
  distribution.Add(-5ms);
  EXPECT_EQ(distribution.min(), 0ns);
  EXPECT_EQ(distribution.max(), TimeDelta::max());
  EXPECT_EQ(distribution.Percentile(0.5), 0ns);
  EXPECT_EQ(distribution.Percentile(0.51), TimeDelta::max());
}

TEST(Distribution, MergingIsAddingAllOfBoth) {
  SeededRandom random(8);
  Distribution one;
  Distribution other;
  Distribution both;
  for (int i = 0; i < 3000; ++i) {
    const TimeDelta value = AnyDuration(random);
    (i % 3 == 0 ? one : other).Add(value);
    both.Add(value);
  }
  Distribution merged = one;
  merged.Merge(other);
  merged.Merge({});
  for (const double share : {0.0, 0.1, 0.5, 0.9, 1.0}) {
    EXPECT_EQ(merged.Percentile(share), both.Percentile(share));
  }
  EXPECT_EQ(merged.count(), 3000U);
  EXPECT_NEAR(static_cast<double>(merged.mean().count()), static_cast<double>(both.mean().count()),
              1000);
  merged.Merge(merged);
  EXPECT_EQ(merged.count(), 6000U);
  EXPECT_EQ(merged.Percentile(0.5), both.Percentile(0.5));
}

TEST(Distribution, TellsWhatCameSinceAnEarlierCopy) {
  Distribution distribution;
  distribution.Add(1ms, 100);
  const Distribution earlier = distribution;
  distribution.Add(20ms, 10);
  distribution.Add(1us, 10);
  const Distribution since = distribution.Since(earlier);
  EXPECT_EQ(since.count(), 20U);
  EXPECT_NEAR(static_cast<double>(since.max().count()), 20e6, 20e6 * 0.008);
  EXPECT_NEAR(static_cast<double>(since.Percentile(0.5).count()), 1e3, 8);
  EXPECT_NEAR(static_cast<double>(since.mean().count()), 10'000'500, 1);
  EXPECT_TRUE(distribution.Since(distribution).empty());
}

TEST(Distribution, ClearedItStartsAnew) {
  Distribution distribution;
  distribution.Add(1s);
  distribution.Clear();
  EXPECT_TRUE(distribution.empty());
  distribution.Add(3ms);
  EXPECT_EQ(distribution.min(), 3ms);
  EXPECT_EQ(distribution.max(), 3ms);
}

TEST(Distribution, ShareUpToALimit) {
  Distribution distribution;
  for (int i = 1; i <= 1000; ++i) distribution.Add(std::chrono::milliseconds(i));
  EXPECT_EQ(distribution.ShareUpTo(999us), 0);
  EXPECT_NEAR(distribution.ShareUpTo(250ms), 0.25, 0.004);
  EXPECT_EQ(distribution.ShareUpTo(1s), 1);
  EXPECT_EQ(distribution.ShareUpTo(-1s), 0);
}

TEST(Distribution, CurveRisesToOneAndKeepsItsTail) {
  SeededRandom random(9);
  Distribution distribution;
  for (int i = 0; i < 50'000; ++i) distribution.Add(AnyDuration(random));
  const auto points = distribution.Cumulative(100);
  ASSERT_LE(points.size(), 100U);
  ASSERT_GT(points.size(), 50U);
  for (std::size_t i = 1; i < points.size(); ++i) {
    EXPECT_LT(points[i - 1].value, points[i].value);
    EXPECT_LT(points[i - 1].share, points[i].share);
  }
  EXPECT_EQ(points.back().value, distribution.max());
  EXPECT_EQ(points.back().share, 1);
  EXPECT_GT(std::count_if(points.begin(), points.end(), [](auto& p) { return p.share > 0.99; }), 5);
  EXPECT_EQ(distribution.Cumulative(2).back().share, 1);
}

}  // namespace
}  // namespace stellwerk::synthetic
