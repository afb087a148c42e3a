#pragma once

#include <cstdint>

#include "bench/link/link_config.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// A capacity that moves as a phone's does in a moving car: log-normal around `median`, correlated
// over about two seconds, new each 100 ms, with now and then a gap of a few hundred milliseconds in
// which nothing passes (a handover). Made from the seed, not recorded: what it must show is how an
// estimator lives with it, and anybody can make it again.
struct MobileTrace {
  DataRate median = DataRate::KilobitsPerSecond(2500);
  DataRate min = DataRate::KilobitsPerSecond(300);
  DataRate max = DataRate::KilobitsPerSecond(9000);
  double spread = 0.6;  // standard deviation of the logarithm
  TimeDelta memory = std::chrono::seconds(2);
  TimeDelta between_gaps = std::chrono::seconds(20);  // mean
  TimeDelta gap = std::chrono::milliseconds(250);

  [[nodiscard]] RateTrace Make(TimeDelta duration, uint64_t seed) const;
};

}  // namespace stellwerk::synthetic
