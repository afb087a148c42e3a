#include "rtc/base/deadline_heap.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "rtc/base/random.h"

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

TEST(DeadlineHeap, KeysComeOutInTheOrderOfTheirDeadlines) {
  DeadlineHeap<int> heap;
  const Timestamp t{100s};
  heap.Set(1, t + 3s);
  heap.Set(2, t + 1s);
  heap.Set(3, t + 2s);
  heap.Set(1, t);
  heap.Remove(3);
  EXPECT_EQ(heap.Next(), t);
  EXPECT_EQ(heap.PopDue(t - 1ns), std::nullopt);
  EXPECT_EQ(heap.PopDue(t + 5s), 1);
  EXPECT_EQ(heap.PopDue(t + 5s), 2);
  EXPECT_EQ(heap.PopDue(t + 5s), std::nullopt);
  EXPECT_EQ(heap.Next(), kNever);
}

TEST(DeadlineHeap, BehavesLikeASortedMap) {
  SeededRandom random(1);
  DeadlineHeap<uint32_t> heap;
  std::map<uint32_t, Timestamp> model;
  for (int step = 0; step < 20'000; ++step) {
    const uint32_t key = random.NextU32() % 50;
    if (random.NextU32() % 5 == 0) {
      heap.Remove(key);
      model.erase(key);
    } else {
      const Timestamp deadline{TimeDelta(random.NextU32() % 1000)};
      heap.Set(key, deadline);
      model[key] = deadline;
    }
    Timestamp earliest = kNever;
    for (const auto& [k, d] : model) earliest = std::min(earliest, d);
    ASSERT_EQ(heap.Next(), earliest) << "step " << step;
    ASSERT_EQ(heap.size(), model.size());
    if (step % 7 == 0 && earliest != kNever) {
      const auto popped = heap.PopDue(earliest);
      ASSERT_TRUE(popped);
      ASSERT_EQ(model.at(*popped), earliest);
      model.erase(*popped);
    }
  }
}

}  // namespace
}  // namespace stellwerk
