#pragma once

#include <cstdint>

#include "rtc/base/strong_int.h"
#include "rtc/base/units.h"

namespace stellwerk {

using ProbeClusterId = StrongInt<struct ProbeClusterIdTag, int32_t>;

// A wish to send at `rate` for a moment, to see whether that much arrives: at least `min_packets`
// packets of at least `size()` bytes together, evenly paced. Media that waits is sent first,
// padding makes up the rest.
struct ProbeCluster {
  ProbeClusterId id;
  DataRate rate;
  TimeDelta duration{};
  uint32_t min_packets = 0;

  [[nodiscard]] constexpr DataSize size() const { return rate * duration; }
  friend bool operator==(const ProbeCluster&, const ProbeCluster&) = default;
};

}  // namespace stellwerk
