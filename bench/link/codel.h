#pragma once

#include <cstdint>

#include "bench/link/link_config.h"
#include "rtc/base/units.h"

namespace stellwerk {

// RFC 8289 (CoDel): decides for each packet that leaves a queue whether it is dropped instead.
class CoDel {
 public:
  void Configure(TimeDelta target, TimeDelta interval) {
    target_ = target;
    interval_ = interval;
  }
  // `sojourn` is how long this packet was in the queue, `left` what stays in it.
  bool ShouldDrop(Timestamp now, TimeDelta sojourn, DataSize left);

 private:
  // RFC 8289 §5.5: whether the delay has been above target for an interval.
  bool OkToDrop(Timestamp now, TimeDelta sojourn, DataSize left);
  [[nodiscard]] Timestamp ControlLaw(Timestamp from) const;

  TimeDelta target_ = std::chrono::milliseconds(5);
  TimeDelta interval_ = std::chrono::milliseconds(100);
  Timestamp first_above_ = kNever;
  Timestamp drop_next_;
  uint32_t count_ = 0;
  uint32_t last_count_ = 0;
  bool dropping_ = false;
};

}  // namespace stellwerk
