#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

// How long packets (or what else is counted) took, by limits in microseconds, the smallest first.
template <int64_t... kMicroseconds>
struct DelayCounters {
  static constexpr std::array<TimeDelta, sizeof...(kMicroseconds)> kLimits = {
      std::chrono::microseconds(kMicroseconds)...};

  uint64_t packets = 0;
  std::array<uint64_t, kLimits.size()> longer{};  // of these, longer than each limit

  void Count(TimeDelta delay) {
    ++packets;
    for (std::size_t i = 0; i < kLimits.size() && delay > kLimits[i]; ++i) ++longer[i];
  }
  DelayCounters& operator+=(const DelayCounters& other) {
    packets += other.packets;
    for (std::size_t i = 0; i < kLimits.size(); ++i) longer[i] += other.longer[i];
    return *this;
  }
};

// How long turns of the event loop took.
using TurnCounters = DelayCounters<500, 1'000, 2'500, 5'000, 10'000, 20'000, 100'000>;
// What pacing held back. Most packets are not held back at all.
using PacingCounters = DelayCounters<1'000, 5'000, 20'000, 100'000>;
// From the kernel's receiving a packet to its having taken a copy of it for a subscriber.
using TransitCounters = DelayCounters<1'000, 1'500, 2'500, 5'000, 10'000, 20'000, 100'000>;

}  // namespace stellwerk
