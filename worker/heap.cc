#include "worker/heap.h"

#include <malloc.h>

#include <algorithm>

namespace stellwerk {
namespace {

constexpr int kOwnPagesFrom = 16 * 1024;
// Setting the above ends glibc's own adjustments. This much may stay free at the heap's end, lest
// it shrink and grow all the time.
constexpr int kKeptAtEnd = 4 * 1024 * 1024;

}  // namespace

void ConfigureHeap() {
  mallopt(M_MMAP_THRESHOLD, kOwnPagesFrom);
  mallopt(M_TRIM_THRESHOLD, kKeptAtEnd);
}

void HeapTrim::HandleTimeout(Timestamp now) {
  if (now < next_) return;
  next_ = now + kPeriod;
  const std::size_t free = mallinfo2().fordblks;
  if (free > free_ + kWorthIt) {
    malloc_trim(kKeptAtEnd);
    free_ = mallinfo2().fordblks;
  } else {
    free_ = std::min(free_, free);
  }
}

}  // namespace stellwerk
