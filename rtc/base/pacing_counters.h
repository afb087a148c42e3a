#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

// How long packets that pacing held back had to wait. Most packets are not held back at all.
struct PacingCounters {
  static constexpr std::array<TimeDelta, 4> kLimits = {
      std::chrono::milliseconds(1), std::chrono::milliseconds(5), std::chrono::milliseconds(20),
      std::chrono::milliseconds(100)};

  uint64_t packets = 0;                           // sent after a wait of whatever length
  std::array<uint64_t, kLimits.size()> longer{};  // of these, longer than each limit

  void Count(TimeDelta waited) {
    ++packets;
    for (std::size_t i = 0; i < kLimits.size() && waited > kLimits[i]; ++i) ++longer[i];
  }
};

}  // namespace stellwerk
