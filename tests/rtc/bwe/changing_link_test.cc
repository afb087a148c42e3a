// The estimator and the pacer against links that change: 3 Mb/s, 500 kb/s, 3 Mb/s again.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/rtc/bwe/closed_loop.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSecond(kbps); }
constexpr TimeDelta kDrop = seconds(20);
constexpr TimeDelta kReturn = seconds(40);

struct Scenario {
  const char* name;
  ClosedLoop::Config loop;
  TimeDelta returned_within = seconds(4);
};

ClosedLoop::Config Greedy() {
  ClosedLoop::Config config;
  config.link.capacity.points = {
      {TimeDelta{}, Kbps(3000)}, {kDrop, Kbps(500)}, {kReturn, Kbps(3000)}};
  config.link.delay = milliseconds(25);
  config.link.queue.max_time = seconds(1);
  return config;
}

ClosedLoop::Config Simulcast(TimeDelta reaction) {
  ClosedLoop::Config config = Greedy();
  config.layers = {Kbps(150), Kbps(450), Kbps(2500)};
  config.demand = Kbps(2500);
  config.reaction = reaction;
  return config;
}

ClosedLoop::Config Bloated() {
  ClosedLoop::Config config = Greedy();
  config.link.queue.max_time = seconds(5);
  return config;
}

ClosedLoop::Config Lossy() {
  ClosedLoop::Config config = Greedy();
  config.link.loss = 0.05;
  config.feedback_loss = 0.2;
  return config;
}

class ChangingLink : public ::testing::TestWithParam<Scenario> {};

TEST_P(ChangingLink, IsFollowedDownAndUpAgain) {
  const Scenario& scenario = GetParam();
  ClosedLoop loop(scenario.loop);
  loop.RunUntil(seconds(60));
  const auto down = loop.AtMostFrom(Kbps(600), kDrop, kReturn - seconds(1));
  const auto up = loop.FirstAtLeast(Kbps(2500), kReturn);
  const TimeDelta queue = loop.QueueQuantile(0.95, kDrop + seconds(5), kReturn - seconds(1));
  const double mean = loop.MeanEstimate(kDrop + seconds(5), kReturn - seconds(1)) / 500e3;
  ASSERT_TRUE(down);
  ASSERT_TRUE(up);
  std::printf("%-20s down %.1f s, up %.1f s, between estimate %.2f, queue p95 %ld ms\n",
              scenario.name, static_cast<double>(ToMilliseconds(*down - kDrop)) / 1000,
              static_cast<double>(ToMilliseconds(*up - kReturn)) / 1000, mean,
              static_cast<long>(ToMilliseconds(queue)));
  EXPECT_LE(*down - kDrop, milliseconds(1500));
  EXPECT_LE(*up - kReturn, scenario.returned_within);
  EXPECT_GE(mean, 0.85);
  EXPECT_LE(mean, 1.05);
  EXPECT_LE(queue, milliseconds(100));
}

const Scenario kScenarios[] = {
    {.name = "greedy", .loop = Greedy()},
    {.name = "simulcast", .loop = Simulcast({})},
    {.name = "slow_simulcast", .loop = Simulcast(milliseconds(500))},
    {.name = "bloated", .loop = Bloated()},
    {.name = "lossy", .loop = Lossy()},
};

INSTANTIATE_TEST_SUITE_P(Links, ChangingLink, ::testing::ValuesIn(kScenarios),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(InterruptedLink, IsUsedAgainSoonAfter) {
  ClosedLoop::Config config;
  config.link.capacity.points = {
      {TimeDelta{}, Kbps(2000)}, {seconds(20), DataRate{}}, {seconds(23), Kbps(2000)}};
  config.link.delay = milliseconds(25);
  config.link.queue.max_size = DataSize::Bytes(200'000);
  ClosedLoop loop(config);
  loop.RunUntil(seconds(35));
  const auto up = loop.FirstAtLeast(Kbps(1700), seconds(24));
  ASSERT_TRUE(up);
  EXPECT_LE(*up, seconds(30));
}

TEST(SharedLink, IsNotLeftToTheOther) {
  ClosedLoop::Config config;
  config.link.capacity = RateTrace::Constant(Kbps(3000));
  config.link.delay = milliseconds(25);
  config.link.queue.max_time = seconds(1);
  config.link.cross_traffic = {{.rate = Kbps(1500), .start = seconds(15), .on = seconds(1)}};
  ClosedLoop loop(config);
  loop.RunUntil(seconds(45));
  EXPECT_GE(loop.MeanEstimate(seconds(20), seconds(45)), 0.75 * 1.5e6);
  EXPECT_LE(loop.MeanEstimate(seconds(20), seconds(45)), 1.25 * 1.5e6);
}

}  // namespace
}  // namespace stellwerk
