#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace stellwerk::bench {

// What a machine takes away from programs that want it all the time: a hypervisor that runs others,
// interrupts. No packet is forwarded meanwhile, whatever the forwarder.
struct Pauses {
  // Shorter ones are in every figure of CPU time already.
  static constexpr std::chrono::milliseconds kShortest{1};

  unsigned processors = 0;
  double seconds = 0;     // watched, on each
  uint64_t count = 0;     // on all together
  double share = 0;       // of the time, 0..1
  double longest_ms = 0;  // one of them
};

// Keeps every processor busy for so long.
Pauses MeasurePauses(double seconds);

std::string Text(const Pauses& pauses);
std::string Json(const Pauses& pauses);

}  // namespace stellwerk::bench
