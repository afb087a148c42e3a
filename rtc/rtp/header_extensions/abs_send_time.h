#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/units.h"

namespace stellwerk {

// http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time: when the packet left, seconds in 6.18
// fixed point; wraps every 64 s.
struct AbsSendTime {
  static constexpr std::size_t kSize = 3;

  uint32_t value = 0;  // 24 bits, units of 2^-18 s

  static AbsSendTime From(Timestamp time);
  static std::optional<AbsSendTime> Parse(std::span<const uint8_t> data);
  [[nodiscard]] std::array<uint8_t, kSize> Serialize() const;
  // The signed time from `earlier` to this one, within half of the 64 s.
  [[nodiscard]] TimeDelta Since(AbsSendTime earlier) const;
  friend bool operator==(const AbsSendTime&, const AbsSendTime&) = default;
};

}  // namespace stellwerk
