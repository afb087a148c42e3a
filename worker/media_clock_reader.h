#pragma once

#include "rtc/base/units.h"

namespace stellwerk {

// The one place where the worker reads the time: CLOCK_MONOTONIC, moved so that it showed the wall
// clock's time when the worker started. A step of the wall clock later does not touch it.
class MediaClockReader {
 public:
  MediaClockReader();
  [[nodiscard]] Timestamp Now() const;
  // From our clock to CLOCK_MONOTONIC, for kernel timers.
  [[nodiscard]] TimeDelta ToMonotonic(Timestamp time) const {
    return time.time_since_epoch() - offset_;
  }

 private:
  TimeDelta offset_;  // wall clock minus CLOCK_MONOTONIC at the start
};

}  // namespace stellwerk
