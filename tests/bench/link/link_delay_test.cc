#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/bench/link/link_driver.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// In the order of sending.
std::vector<double> DelaysMs(const LinkDriver& driver) {
  std::vector<double> delays(driver.deliveries.size());
  for (const LinkDelivery& delivery : driver.deliveries) {
    delays.at(delivery.cookie) =
        (static_cast<double>((delivery.arrived - delivery.sent).count()) / 1e6);
  }
  return delays;
}

struct Spread {
  double mean = 0;
  double deviation = 0;
};
Spread SpreadOf(const std::vector<double>& values) {
  Spread spread;
  for (const double value : values) spread.mean += value;
  spread.mean /= static_cast<double>(values.size());
  for (const double value : values) spread.deviation += std::pow(value - spread.mean, 2);
  spread.deviation = std::sqrt(spread.deviation / static_cast<double>(values.size()));
  return spread;
}

LinkDriver Jittered(JitterConfig::Shape shape, TimeDelta correlation = {}) {
  LinkDriver driver({.delay = milliseconds(20),
                     .jitter = {.shape = shape,
                                .amount = milliseconds(50),
                                .correlation_time = correlation,
                                .reorder = true}});
  driver.Send(DataRate::KilobitsPerSecond(9600), seconds(20));  // 20,000 packets
  driver.Drain();
  return driver;
}

bool Reordered(const LinkDriver& driver) {
  return !std::is_sorted(
      driver.deliveries.begin(), driver.deliveries.end(),
      [](const LinkDelivery& a, const LinkDelivery& b) { return a.cookie < b.cookie; });
}

TEST(LinkDelay, IsExactWithoutJitter) {
  LinkDriver driver({.delay = milliseconds(25)});
  driver.Send(DataRate::KilobitsPerSecond(1000), seconds(1));
  driver.Drain();
  for (const double delay : DelaysMs(driver)) EXPECT_EQ(delay, 25);
}

TEST(LinkDelay, JitterHasTheMeanAndSpreadThatItsShapeSays) {
  const Spread normal = SpreadOf(DelaysMs(Jittered(JitterConfig::Shape::kNormal)));
  EXPECT_NEAR(normal.mean, 20 + 50, 1);
  EXPECT_NEAR(normal.deviation, 25, 1);
  const Spread uniform = SpreadOf(DelaysMs(Jittered(JitterConfig::Shape::kUniform)));
  EXPECT_NEAR(uniform.mean, 20 + 50, 1);
  EXPECT_NEAR(uniform.deviation, 100 / std::sqrt(12), 1);
  const Spread exponential = SpreadOf(DelaysMs(Jittered(JitterConfig::Shape::kExponential)));
  EXPECT_NEAR(exponential.mean, 20 + 50, 1);
  EXPECT_NEAR(exponential.deviation, 50, 2);
}

TEST(LinkDelay, NeverFallsBelowThePropagationDelay) {
  for (const auto shape : {JitterConfig::Shape::kNormal, JitterConfig::Shape::kUniform,
                           JitterConfig::Shape::kExponential}) {
    for (const double delay : DelaysMs(Jittered(shape))) ASSERT_GE(delay, 20);
  }
}

TEST(LinkDelay, CorrelatedJitterChangesAtThePaceThatWasAskedFor) {
  const auto delays = DelaysMs(Jittered(JitterConfig::Shape::kUniform, milliseconds(20)));
  const Spread spread = SpreadOf(delays);
  const std::size_t lag = 20;  // packets, one each millisecond
  double product = 0;
  for (std::size_t i = lag; i < delays.size(); ++i) {
    product += (delays[i] - spread.mean) * (delays[i - lag] - spread.mean);
  }
  const double correlation =
      product / static_cast<double>(delays.size() - lag) / (spread.deviation * spread.deviation);
  EXPECT_NEAR(correlation, std::exp(-1), 0.1);
}

TEST(LinkDelay, ReordersOnlyWhereItMay) {
  EXPECT_TRUE(Reordered(Jittered(JitterConfig::Shape::kNormal)));
  LinkDriver in_order({.jitter = {.amount = milliseconds(50)}});
  in_order.Send(DataRate::KilobitsPerSecond(9600), seconds(5));
  in_order.Drain();
  EXPECT_FALSE(Reordered(in_order));
  EXPECT_EQ(in_order.deliveries.size(), in_order.next_cookie);
}

TEST(LinkDelay, IsTheSameAgainFromTheSameSeed) {
  const auto run = [](uint64_t seed) {
    LinkDriver driver({.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(1000)),
                       .jitter = {.amount = milliseconds(10)},
                       .loss = 0.1},
                      seed);
    driver.Send(DataRate::KilobitsPerSecond(1200), seconds(2));
    driver.Drain();
    std::vector<std::pair<uint64_t, Timestamp>> arrivals;
    for (const LinkDelivery& one : driver.deliveries) {
      arrivals.emplace_back(one.cookie, one.arrived);
    }
    return arrivals;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

}  // namespace
}  // namespace stellwerk
