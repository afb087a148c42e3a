// Counts what the packet path takes from the heap.
#include <gtest/gtest.h>

#include <cstdint>

#include "bench/micro/webinar.h"
#include "tests/worker/heap_counter.h"

namespace stellwerk::bench {
namespace {

using namespace std::chrono_literals;

class ForwardingAllocations : public testing::TestWithParam<TimeDelta> {};

// Transport-cc and NACKs all the while: estimates, pacing, repairs and their bookkeeping are in.
TEST_P(ForwardingAllocations, AreNoneInSteadyState) {
  constexpr int kSubscribers = 20;
  constexpr int kFrames = 100;
  Webinar webinar({.subscribers = kSubscribers, .gather = GetParam()});
  const auto run = [&](int frames, bool count) {
    for (int i = 0; i < frames; ++i) {
      webinar.Prepare();
      webinar.ServeFeedback();
      if (count) StartCountingAllocations();
      webinar.ServeMedia();
      StopCountingAllocations();
      webinar.ServeTimers();
      webinar.Collect();
    }
  };
  run(500, false);
  const uint64_t forwarded = webinar.forwarded();
  const uint64_t retransmitted = webinar.retransmitted();
  const uint64_t before = CountedAllocations();
  run(kFrames, true);
  EXPECT_EQ(CountedAllocations() - before, 0U);
  EXPECT_GT(webinar.forwarded() - forwarded, kFrames * kSubscribers * 3U);
  EXPECT_GT(webinar.retransmitted(), retransmitted);
}

TEST(Allocations, AreCounted) {
  const uint64_t before = CountedAllocations();
  StartCountingAllocations();
  ::operator delete(::operator new(1));  // which no compiler leaves out
  StopCountingAllocations();
  EXPECT_EQ(CountedAllocations() - before, 1U);
}

INSTANTIATE_TEST_SUITE_P(Gathering, ForwardingAllocations, testing::Values(0ms, 1ms),
                         [](const auto& gather) {
                           return gather.param > 0ms ? "Gathering" : "AtOnce";
                         });

}  // namespace
}  // namespace stellwerk::bench
