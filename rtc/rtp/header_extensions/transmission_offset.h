#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace stellwerk {

// RFC 5450 §3: how much later than its timestamp says the packet left, in units of the stream's
// clock.
struct TransmissionOffset {
  static constexpr std::size_t kSize = 3;

  int32_t offset = 0;  // 24 bits, signed

  static std::optional<TransmissionOffset> Parse(std::span<const uint8_t> data);
  [[nodiscard]] std::array<uint8_t, kSize> Serialize() const;
  friend bool operator==(const TransmissionOffset&, const TransmissionOffset&) = default;
};

}  // namespace stellwerk
