#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace stellwerk {

// http://www.webrtc.org/experiments/rtp-hdrext/playout-delay: how long the receiver should hold a
// frame back.
//  |       MIN delay       |       MAX delay       |   12 bits each
struct PlayoutDelay {
  static constexpr std::size_t kSize = 3;

  uint16_t min = 0;  // units of 10 ms, 0..4095
  uint16_t max = 0;  // units of 10 ms, not less than min

  // nullopt also if min > max.
  static std::optional<PlayoutDelay> Parse(std::span<const uint8_t> data);
  [[nodiscard]] std::array<uint8_t, kSize> Serialize() const;
  friend bool operator==(const PlayoutDelay&, const PlayoutDelay&) = default;
};

}  // namespace stellwerk
