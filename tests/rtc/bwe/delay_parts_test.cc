// The parts that PathDelay and the rates are made of.
#include <gtest/gtest.h>

#include <span>
#include <utility>
#include <vector>

#include "rtc/base/random.h"
#include "rtc/bwe/arrival_groups.h"
#include "rtc/bwe/arrival_rate.h"
#include "rtc/bwe/overuse_detector.h"
#include "rtc/bwe/queue_delay.h"
#include "rtc/bwe/trendline.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};
constexpr TimeDelta kArrival = seconds(77);  // the receiver's clock has its own epoch

TEST(ArrivalGroups, TakesABurstAsOne) {
  ArrivalGroups groups;
  for (int frame = 0; frame < 3; ++frame) {
    const TimeDelta at = milliseconds(33 * frame);
    for (int i = 0; i < 4; ++i) {
      const auto step = groups.OnPacket(kStart + at + milliseconds(i), kArrival + at);
      EXPECT_EQ(step.has_value(), frame == 2 && i == 0);
      if (!step) continue;
      EXPECT_EQ(step->sent, milliseconds(33));
      EXPECT_EQ(step->arrived, milliseconds(33));
    }
  }
}

TEST(ArrivalGroups, TakesWhatArrivesInALumpAsOne) {
  ArrivalGroups groups;
  EXPECT_FALSE(groups.OnPacket(kStart, kArrival));
  // Held up by 60 ms, then all at once.
  for (int i = 1; i < 6; ++i) {
    EXPECT_FALSE(groups.OnPacket(kStart + milliseconds(10 * i), kArrival + milliseconds(60 + i)));
  }
  const auto step = groups.OnPacket(kStart + milliseconds(100), kArrival + milliseconds(120));
  ASSERT_TRUE(step);
  EXPECT_EQ(step->sent, milliseconds(50));
  EXPECT_EQ(step->arrived, milliseconds(65));
}

TEST(ArrivalGroups, BeginsAnewWhenTheReceiversClockJumps) {
  ArrivalGroups groups;
  static_cast<void>(groups.OnPacket(kStart, kArrival));
  static_cast<void>(groups.OnPacket(kStart + milliseconds(10), kArrival + milliseconds(10)));
  EXPECT_FALSE(groups.OnPacket(kStart + milliseconds(20), kArrival + seconds(100'000)));
  EXPECT_FALSE(groups.OnPacket(kStart + milliseconds(30), kArrival + seconds(100'000)));
  EXPECT_FALSE(groups.OnPacket(kStart + milliseconds(40), kArrival));
}

TEST(Trendline, MeasuresHowFastTheWayGetsLonger) {
  Trendline trend;
  for (int i = 0; i < 200; ++i) {
    trend.OnStep(
        {.sent = milliseconds(10), .arrived = milliseconds(11), .arrival = milliseconds(11 * i)},
        TimeDelta{});
  }
  EXPECT_NEAR(trend.slope(), 1.0 / 11, 0.005);
}

// With the sums of the whole window, in floating point.
double SlopeOf(std::span<const std::pair<double, double>> points) {
  double arrivals = 0;
  double delays = 0;
  for (const auto& [arrival, delay] : points) {
    arrivals += arrival / static_cast<double>(points.size());
    delays += delay / static_cast<double>(points.size());
  }
  double covariance = 0;
  double variance = 0;
  for (const auto& [arrival, delay] : points) {
    covariance += (arrival - arrivals) * (delay - delays);
    variance += (arrival - arrivals) * (arrival - arrivals);
  }
  return covariance / variance;
}

TEST(Trendline, KeepsItsSumsExactlyHoweverLongItRuns) {
  SeededRandom random(5);
  Trendline trend;
  std::vector<std::pair<double, double>> points;
  double sum = 0;
  double smoothed = 0;
  TimeDelta at = seconds(100'000);
  const TimeDelta began = at;
  for (int i = 0; i < 200'000; ++i) {
    const TimeDelta passed =
        TimeDelta(250'000) * (1 + random.NextU32() % (i % 1000 < 500 ? 40 : 9));
    const TimeDelta sent = milliseconds(1 + random.NextU32() % 10);
    if (i > 0) at += passed;
    // The window grows and shrinks.
    const TimeDelta span = i / 300 % 2 == 0 ? TimeDelta{} : milliseconds(random.NextU32() % 400);
    trend.OnStep({.sent = sent, .arrived = passed, .arrival = at}, span);
    sum += static_cast<double>((passed - sent).count()) * 1e-6;
    smoothed = 0.9 * smoothed + 0.1 * sum;
    points.emplace_back(static_cast<double>((at - began).count()) * 1e-6, smoothed);
    if (i < 100 || i % 97 != 0) continue;
    std::size_t count = Trendline::kWindow;
    while (count < Trendline::kMaxWindow &&
           points.back().first - points[points.size() - count].first <
               static_cast<double>(span.count()) * 1e-6) {
      ++count;
    }
    ASSERT_NEAR(trend.slope(), SlopeOf(std::span(points).last(count)), 1e-4) << i;
  }
}

TEST(OveruseDetector, GetsUsedToAFlowThatFillsTheQueueTogetherWithUs) {
  OveruseDetector detector;
  Timestamp now = kStart;
  int over = 0;
  // A trend of 16, a little more than the first threshold, for ten seconds.
  for (int i = 0; i < 1000; ++i) {
    const double slope = 16.0 / (60 * 4) + (i % 2 == 0 ? 1e-6 : 0);
    detector.OnTrend(slope, 100, milliseconds(10), now);
    if (detector.usage() == LinkUsage::kOver && i > 500) ++over;
    now += milliseconds(10);
  }
  EXPECT_GT(detector.threshold(), 15.5);
  EXPECT_LT(over, 500);
}

TEST(OveruseDetector, DoesNotLetASuddenQueueRaiseTheThreshold) {
  OveruseDetector detector;
  const double before = detector.threshold();
  for (int i = 0; i < 20; ++i) {
    detector.OnTrend(0.5, 100, milliseconds(10), kStart + milliseconds(10 * i));
  }
  EXPECT_EQ(detector.threshold(), before);
  EXPECT_EQ(detector.usage(), LinkUsage::kOver);
}

TEST(QueueDelay, IsTheFastestPacketOfAMessageAgainstTheFastestOfLate) {
  QueueDelay delay;
  delay.OnPacket(kStart, kArrival);
  delay.Finish(TimeDelta{}, TimeDelta{}, kStart);
  EXPECT_EQ(delay.current(), TimeDelta{});
  delay.OnPacket(kStart + milliseconds(100), kArrival + milliseconds(150));
  delay.OnPacket(kStart + milliseconds(100), kArrival + milliseconds(130));
  delay.Finish(TimeDelta{}, TimeDelta{}, kStart + milliseconds(150));
  EXPECT_EQ(delay.current(), milliseconds(30));
}

TEST(QueueDelay, SurvivesAClockThatJumps) {
  QueueDelay delay;
  delay.OnPacket(kStart, kArrival);
  delay.Finish(TimeDelta{}, TimeDelta{}, kStart);
  delay.OnPacket(kStart + milliseconds(100), kArrival + seconds(5000));
  delay.Finish(TimeDelta{}, TimeDelta{}, kStart + milliseconds(100));
  EXPECT_EQ(delay.current(), TimeDelta{});
}

TEST(ArrivalRate, IsWhatArrivesInTheWindow) {
  ArrivalRate rate;
  EXPECT_FALSE(rate.Over(milliseconds(200)));
  for (int i = 0; i < 100; ++i) rate.OnPacket(milliseconds(10 * i), DataSize::Bytes(1250));
  ASSERT_TRUE(rate.Over(milliseconds(200)));
  EXPECT_NEAR(static_cast<double>(rate.Over(milliseconds(200))->bps()), 1e6, 1.3e5);
  EXPECT_NEAR(static_cast<double>(rate.Over(milliseconds(500))->bps()), 1e6, 5e4);
}

TEST(ArrivalRate, BeginsAnewAfterAPauseAndWithAnotherClock) {
  ArrivalRate rate;
  for (int i = 0; i < 100; ++i) rate.OnPacket(milliseconds(10 * i), DataSize::Bytes(1250));
  rate.OnPacket(seconds(10), DataSize::Bytes(1250));
  EXPECT_FALSE(rate.Over(milliseconds(200)));
  rate.OnPacket(-seconds(1000), DataSize::Bytes(1250));
  EXPECT_FALSE(rate.Over(milliseconds(200)));
}

}  // namespace
}  // namespace stellwerk
