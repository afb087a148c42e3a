#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/synthetic/distribution.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// How long packets took from their publisher to a viewer, also told apart by the number of packets
// in their frame: a server that sends a frame to many viewers cannot send the last packet of it
// before all others, so larger frames take longer.
struct TransitTimes {
  static constexpr std::size_t kClasses = 12;  // frames of 1, 2, ... packets; the last: or more

  Distribution all;
  std::array<Distribution, kClasses> by_packets;
  uint64_t from_history = 0;  // packets that are in none of these, see TransitMeter
  Timestamp viewer_since{};   // nothing sent before was on its way to the viewer

  // `packets`: of the frame, at least 1.
  void Add(TimeDelta transit, std::size_t packets) {
    all.Add(transit);
    by_packets[std::clamp<std::size_t>(packets, 1, kClasses) - 1].Add(transit);
  }
  void Merge(const TransitTimes& other) {
    all.Merge(other.all);
    from_history += other.from_history;
    for (std::size_t i = 0; i < kClasses; ++i) by_packets[i].Merge(other.by_packets[i]);
  }
  // What was added since `earlier`, an older copy of this one.
  [[nodiscard]] TransitTimes Since(const TransitTimes& earlier) const {
    TransitTimes since{.all = all.Since(earlier.all),
                       .by_packets = {},
                       .from_history = from_history - earlier.from_history,
                       .viewer_since = viewer_since};
    for (std::size_t i = 0; i < kClasses; ++i) {
      since.by_packets[i] = by_packets[i].Since(earlier.by_packets[i]);
    }
    return since;
  }
};

}  // namespace stellwerk::synthetic
