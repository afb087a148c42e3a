#pragma once

#include <chrono>
#include <cstddef>

#include "rtc/base/units.h"

namespace stellwerk {

// What glibc is told about this process's heap. To be called once, before threads are started.
//
// The large buffers of a TLS connection (17 and 22 kB) get pages of their own: of these only what
// is used is resident, and they go back to the system when the connection's state is released.
void ConfigureHeap();

// Gives pages back to the system that lie free in the middle of the heap: what a handshake took,
// and what participants who left had. A few milliseconds for thousands of them, so it is done
// rarely.
class HeapTrim {
 public:
  // To be called now and then; mostly it does nothing.
  void HandleTimeout(Timestamp now);

 private:
  static constexpr TimeDelta kPeriod = std::chrono::minutes(1);
  static constexpr std::size_t kWorthIt = std::size_t{1} << 20;  // bytes that became free

  Timestamp next_{};
  std::size_t free_ = 0;  // bytes, after the last time
};

}  // namespace stellwerk
