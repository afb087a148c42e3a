#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/units.h"

namespace stellwerk {

// How much arrives, on the receiver's clock, over the last moment: bytes in slots of 25 ms.
class ArrivalRate {
 public:
  static constexpr TimeDelta kSlot = std::chrono::milliseconds(25);
  static constexpr std::size_t kSlots = 40;  // one second

  void OnPacket(TimeDelta arrival, DataSize size) {
    // Most packets come with others.
    if (arrival >= newest_begin_ && arrival - newest_begin_ < kSlot && first_) {
      bytes_[newest_index_] += static_cast<uint32_t>(size.bytes());
    } else {
      OnOtherSlot(arrival, size);
    }
  }
  // Over the last `window` up to the newest arrival; nullopt until that much time is covered.
  [[nodiscard]] std::optional<DataRate> Over(TimeDelta window) const;
  void Reset();

 private:
  void OnOtherSlot(TimeDelta arrival, DataSize size);

  TimeDelta newest_begin_{};      // of the newest slot
  std::size_t newest_index_ = 0;  // of the newest slot, in bytes_
  std::optional<int64_t> first_;  // slot numbers: arrival / kSlot
  int64_t newest_ = 0;
  std::array<uint32_t, kSlots> bytes_{};
};

}  // namespace stellwerk
