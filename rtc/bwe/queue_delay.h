#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "rtc/base/units.h"

namespace stellwerk {

// How much longer packets take than the fastest one of the last half minute. The two clocks'
// offset cancels out; their drift within that time is a few milliseconds at worst. The fastest
// packet of each feedback message is taken, so that jitter does not look like a queue.
class QueueDelay {
 public:
  void OnPacket(Timestamp sent, TimeDelta arrival);
  // All packets of a feedback message were given. `least_span`: the fastest packet of at least that
  // time is taken.
  void Finish(TimeDelta least_span, Timestamp now);
  [[nodiscard]] TimeDelta current() const { return current_; }

 private:
  static constexpr TimeDelta kSlot = std::chrono::seconds(3);
  static constexpr std::size_t kSlots = 10;

  struct Batch {
    Timestamp at;
    TimeDelta took{};
  };
  static constexpr std::size_t kBatches = 8;

  std::optional<TimeDelta> batch_;
  std::array<Batch, kBatches> batches_{};
  std::size_t batch_count_ = 0;
  std::array<TimeDelta, kSlots> least_{};  // one-way delay, with an unknown offset
  std::size_t used_ = 0;
  std::size_t newest_ = 0;
  Timestamp slot_began_;
  TimeDelta current_{};
};

}  // namespace stellwerk
