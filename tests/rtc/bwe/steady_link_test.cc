// The estimator and the pacer against links that stay as they are.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

#include "tests/rtc/bwe/closed_loop.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSecond(kbps); }

struct Scenario {
  const char* name;
  DataRate capacity;
  ClosedLoop::Config loop;
  double least = 0.85;  // of the capacity, on average
  double most = 1.05;
  TimeDelta queue = milliseconds(100);  // 95th percentile
  TimeDelta known_within = seconds(2);  // 85 % of the capacity
};

LinkConfig LinkOf(DataRate capacity) {
  LinkConfig link;
  link.capacity = RateTrace::Constant(capacity);
  link.delay = milliseconds(25);
  link.queue.max_time = seconds(1);
  return link;
}

ClosedLoop::Config Greedy(DataRate capacity) {
  ClosedLoop::Config config;
  config.link = LinkOf(capacity);
  return config;
}

// A sender whose layers leave most of the link unused, and would take more than all of it.
ClosedLoop::Config Layered(DataRate capacity) {
  ClosedLoop::Config config = Greedy(capacity);
  for (const int part : {4, 20, 45, 200}) {
    config.layers.push_back(DataRate::BitsPerSecond(capacity.bps() * part / 100));
  }
  config.demand = config.layers.back();
  return config;
}

ClosedLoop::Config WithLoss(DataRate capacity, double loss) {
  ClosedLoop::Config config = Greedy(capacity);
  config.link.loss = loss;
  return config;
}

ClosedLoop::Config WithJitter(DataRate capacity, TimeDelta jitter, bool reorder) {
  ClosedLoop::Config config = Greedy(capacity);
  config.link.jitter = {.amount = jitter, .reorder = reorder};
  return config;
}

ClosedLoop::Config WithFeedback(DataRate capacity, TimeDelta interval, double loss) {
  ClosedLoop::Config config = Greedy(capacity);
  config.feedback_interval = interval;
  config.feedback_loss = loss;
  return config;
}

ClosedLoop::Config Unpaced(DataRate capacity) {
  ClosedLoop::Config config = Greedy(capacity);
  config.unpaced = true;
  return config;
}

ClosedLoop::Config Policed(DataRate rate) {
  ClosedLoop::Config config = Greedy(rate);
  config.link.capacity = {};
  config.link.policer = Policer{.rate = rate};
  return config;
}

ClosedLoop::Config ShortQueue(DataRate capacity) {
  ClosedLoop::Config config = Greedy(capacity);
  config.link.queue.max_time = milliseconds(30);
  return config;
}

class SteadyLink : public ::testing::TestWithParam<Scenario> {};

template <typename T>
T MedianOf(std::array<T, 3> values) {
  std::sort(values.begin(), values.end());
  return values[1];
}

// One run says little of noise and loss: the bars are for the median of three, and none of them may
// be far off.
TEST_P(SteadyLink, IsFoundAndUsedWithoutALongQueue) {
  const Scenario& scenario = GetParam();
  std::array<double, 3> means{};
  std::array<TimeDelta, 3> queues{};
  std::array<TimeDelta, 3> known_after{};
  for (std::size_t run = 0; run < 3; ++run) {
    ClosedLoop::Config config = scenario.loop;
    config.seed = run + 1;
    SCOPED_TRACE(config.seed);
    ClosedLoop loop(config);
    loop.RunUntil(seconds(40));
    const auto capacity = static_cast<double>(scenario.capacity.bps());
    means[run] = loop.MeanEstimate(seconds(15), seconds(40)) / capacity;
    queues[run] = loop.QueueQuantile(0.95, seconds(15), seconds(40));
    const auto known =
        loop.FirstAtLeast(DataRate::BitsPerSecond(scenario.capacity.bps() * 85 / 100), TimeDelta{});
    std::printf(
        "%-24s seed %d: estimate %.2f (5%% %.2f, 95%% %.2f), queue p95 %ld ms, known %.1f s\n",
        scenario.name, static_cast<int>(config.seed), means[run],
        loop.EstimateQuantile(0.05, seconds(15), seconds(40)) / capacity,
        loop.EstimateQuantile(0.95, seconds(15), seconds(40)) / capacity,
        static_cast<long>(ToMilliseconds(queues[run])),
        known ? static_cast<double>(ToMilliseconds(*known)) / 1000 : -1.0);
    ASSERT_TRUE(known);
    known_after[run] = *known;
    EXPECT_GE(means[run], 1 - 2 * (1 - scenario.least));
    EXPECT_LE(means[run], 1 + 2 * (scenario.most - 1));
    EXPECT_LE(queues[run], 2 * scenario.queue);
    EXPECT_LE(known_after[run], 2 * scenario.known_within);
  }
  EXPECT_GE(MedianOf(means), scenario.least);
  EXPECT_LE(MedianOf(means), scenario.most);
  EXPECT_LE(MedianOf(queues), scenario.queue);
  EXPECT_LE(MedianOf(known_after), scenario.known_within);
}

const Scenario kScenarios[] = {
    {.name = "greedy_300k", .capacity = Kbps(300), .loop = Greedy(Kbps(300))},
    {.name = "greedy_1M", .capacity = Kbps(1000), .loop = Greedy(Kbps(1000))},
    {.name = "greedy_3M",
     .capacity = Kbps(3000),
     .loop = Greedy(Kbps(3000)),
     .known_within = seconds(1)},
    {.name = "greedy_10M", .capacity = Kbps(10'000), .loop = Greedy(Kbps(10'000))},
    {.name = "layered_300k", .capacity = Kbps(300), .loop = Layered(Kbps(300))},
    {.name = "layered_1M", .capacity = Kbps(1000), .loop = Layered(Kbps(1000))},
    {.name = "layered_3M",
     .capacity = Kbps(3000),
     .loop = Layered(Kbps(3000)),
     .known_within = seconds(1)},
    {.name = "layered_10M", .capacity = Kbps(10'000), .loop = Layered(Kbps(10'000))},
    {.name = "unpaced_3M", .capacity = Kbps(3000), .loop = Unpaced(Kbps(3000))},
    {.name = "loss_2", .capacity = Kbps(3000), .loop = WithLoss(Kbps(3000), 0.02)},
    {.name = "loss_5", .capacity = Kbps(3000), .loop = WithLoss(Kbps(3000), 0.05)},
    {.name = "loss_10", .capacity = Kbps(3000), .loop = WithLoss(Kbps(3000), 0.10)},
    {.name = "loss_10_at_1M", .capacity = Kbps(1000), .loop = WithLoss(Kbps(1000), 0.10)},
    {.name = "jitter_25ms",
     .capacity = Kbps(3000),
     .loop = WithJitter(Kbps(3000), milliseconds(25), false),
     .queue = milliseconds(150),
     .known_within = seconds(20)},
    {.name = "jitter_50ms",
     .capacity = Kbps(3000),
     .loop = WithJitter(Kbps(3000), milliseconds(50), false),
     .least = 0.8,
     .queue = milliseconds(150),
     .known_within = seconds(20)},
    {.name = "jitter_25ms_reordered",
     .capacity = Kbps(3000),
     .loop = WithJitter(Kbps(3000), milliseconds(25), true),
     .known_within = seconds(20)},
    {.name = "feedback_lost_20",
     .capacity = Kbps(3000),
     .loop = WithFeedback(Kbps(3000), milliseconds(100), 0.2)},
    {.name = "feedback_25ms",
     .capacity = Kbps(3000),
     .loop = WithFeedback(Kbps(3000), milliseconds(25), 0)},
    {.name = "feedback_250ms",
     .capacity = Kbps(3000),
     .loop = WithFeedback(Kbps(3000), milliseconds(250), 0)},
    {.name = "policer_1M", .capacity = Kbps(1000), .loop = Policed(Kbps(1000)), .most = 1.15},
    {.name = "short_queue_1M", .capacity = Kbps(1000), .loop = ShortQueue(Kbps(1000)), .most = 1.1},
};

INSTANTIATE_TEST_SUITE_P(Links, SteadyLink, ::testing::ValuesIn(kScenarios),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(UnusedLink, IsNotProbedBeyondWhatIsWanted) {
  ClosedLoop::Config config = Greedy(Kbps(10'000));
  config.demand = Kbps(2000);
  ClosedLoop loop(config);
  loop.RunUntil(seconds(30));
  EXPECT_GE(loop.estimator().estimate().target, Kbps(2000));
  EXPECT_LE(loop.estimator().estimate().target, Kbps(4200));
  EXPECT_LE(loop.probes(), 4);
}

TEST(UnusedLink, CostsLittlePaddingWhileItIsSearched) {
  ClosedLoop loop(Layered(Kbps(3000)));
  loop.RunUntil(seconds(60));
  const double padding = static_cast<double>(loop.padding().bytes());
  EXPECT_LE(padding * 8 / 60, 0.025 * 3e6);
}

}  // namespace
}  // namespace stellwerk
