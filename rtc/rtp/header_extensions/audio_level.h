#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace stellwerk {

// RFC 6464 §3: the loudness of the audio in this packet.
//   0 1 2 3 4 5 6 7
//  |V|    level    |
struct AudioLevel {
  static constexpr std::size_t kSize = 1;
  static constexpr uint8_t kSilence = 127;

  uint8_t level = kSilence;     // -dBov: 0 is the loudest, 127 is silence
  bool voice_activity = false;  // the sender believes that it is speech

  static std::optional<AudioLevel> Parse(std::span<const uint8_t> data);
  [[nodiscard]] std::array<uint8_t, kSize> Serialize() const;
  friend bool operator==(const AudioLevel&, const AudioLevel&) = default;
};

}  // namespace stellwerk
