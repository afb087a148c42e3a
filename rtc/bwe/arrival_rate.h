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

  void OnPacket(TimeDelta arrival, DataSize size);
  // Over the last `window` up to the newest arrival; nullopt until that much time is covered.
  [[nodiscard]] std::optional<DataRate> Over(TimeDelta window) const;
  void Reset();

 private:
  std::array<int64_t, kSlots> bytes_{};
  std::optional<int64_t> first_;  // slot numbers: arrival / kSlot
  int64_t newest_ = 0;
};

}  // namespace stellwerk
