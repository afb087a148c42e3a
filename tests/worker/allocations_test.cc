// Counts what the packet path takes from the heap. An executable of its own, as it replaces the
// global operator new.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "bench/micro/webinar.h"

namespace {

std::atomic<bool> counting = false;
std::atomic<uint64_t> allocations = 0;

void* Allocate(std::size_t size, std::size_t alignment) {
  if (counting) ++allocations;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, size == 0 ? 1 : size) != 0) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

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
      counting = count;
      webinar.ServeMedia();
      counting = false;
      webinar.ServeTimers();
      webinar.Collect();
    }
  };
  run(500, false);
  const uint64_t forwarded = webinar.forwarded();
  const uint64_t retransmitted = webinar.retransmitted();
  run(kFrames, true);
  EXPECT_EQ(allocations, 0U);
  EXPECT_GT(webinar.forwarded() - forwarded, kFrames * kSubscribers * 3U);
  EXPECT_GT(webinar.retransmitted(), retransmitted);
}

TEST(Allocations, AreCounted) {
  const uint64_t before = allocations;
  counting = true;
  ::operator delete(::operator new(1));  // which no compiler leaves out
  counting = false;
  EXPECT_GT(allocations, before);
  allocations = before;
}

INSTANTIATE_TEST_SUITE_P(Gathering, ForwardingAllocations, testing::Values(0ms, 1ms),
                         [](const auto& gather) {
                           return gather.param > 0ms ? "Gathering" : "AtOnce";
                         });

}  // namespace
}  // namespace stellwerk::bench
