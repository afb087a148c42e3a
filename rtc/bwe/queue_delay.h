#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/units.h"

namespace stellwerk {

// How much longer packets take than the fastest ones of the last half minute. The two clocks'
// offset cancels out; their drift within that time is a few milliseconds at worst. The fastest
// packet of each feedback message is taken, so that jitter does not look like a queue.
class QueueDelay {
 public:
  void OnPacket(Timestamp sent, TimeDelta arrival) {
    batch_ = std::min(batch_, arrival - sent.time_since_epoch());
  }
  // All packets of a feedback message were given. With jitter: `least_span` is the time of which
  // the fastest packet is taken, and up to `allowance` of what it takes usually is no queue.
  void Finish(TimeDelta least_span, TimeDelta allowance, Timestamp now);
  [[nodiscard]] TimeDelta current() const { return current_; }

 private:
  static constexpr TimeDelta kSlotTime = std::chrono::seconds(3);
  static constexpr std::size_t kSlots = 10;
  static constexpr std::size_t kBatches = 8;
  struct Batch {
    Timestamp at;
    TimeDelta took{};
  };
  struct Slot {
    TimeDelta least{};  // one-way delay, with an unknown offset
    TimeDelta sum{};    // above `least` of the first in the slot
    TimeDelta reference{};
    int64_t count = 0;
    [[nodiscard]] TimeDelta mean() const { return reference + sum / count; }
  };

  [[nodiscard]] TimeDelta FastestOf(TimeDelta span, Timestamp now) const;
  void Remember(TimeDelta took, TimeDelta fastest, Timestamp now);

  TimeDelta batch_ = TimeDelta::max();  // the fastest of this message
  std::array<Batch, kBatches> batches_{};
  std::size_t batch_count_ = 0;
  std::array<Slot, kSlots> slots_{};
  std::size_t used_ = 0;
  std::size_t newest_ = 0;
  Timestamp slot_began_;
  TimeDelta current_{};
};

}  // namespace stellwerk
