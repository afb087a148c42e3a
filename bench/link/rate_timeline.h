#pragma once

#include <optional>

#include "bench/link/link_config.h"
#include "rtc/base/units.h"

namespace stellwerk {

// A rate trace laid on the clock: how much passes in a time, and how long a packet takes.
class RateTimeline {
 public:
  RateTimeline(RateTrace trace, Timestamp start);

  [[nodiscard]] bool unlimited() const { return trace_.points.empty(); }
  // Zero where unlimited.
  [[nodiscard]] DataRate RateAt(Timestamp at) const;
  // What passes between two times.
  [[nodiscard]] DataSize Between(Timestamp from, Timestamp to) const;
  // When a packet whose transmission starts at `from` is through; kNever: never.
  [[nodiscard]] Timestamp Finish(Timestamp from, DataSize size) const;

 private:
  // The rate that holds at a time, and until when.
  struct Segment {
    DataRate rate;
    Timestamp until = kNever;
  };
  [[nodiscard]] Segment SegmentAt(Timestamp at) const;

  RateTrace trace_;
  Timestamp start_;
  bool ever_passes_ = false;
};

}  // namespace stellwerk
