#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace stellwerk {

// 3GPP TS 26.114 §7.4.5 (CVO): how the receiver must turn the picture.
//   0 1 2 3 4 5 6 7
//  |0 0 0 0|C|F|R R|
struct VideoOrientation {
  static constexpr std::size_t kSize = 1;

  bool back_camera = false;
  bool flip = false;          // horizontally
  uint8_t quarter_turns = 0;  // 0..3, counter-clockwise as sent

  static std::optional<VideoOrientation> Parse(std::span<const uint8_t> data);
  [[nodiscard]] std::array<uint8_t, kSize> Serialize() const;
  friend bool operator==(const VideoOrientation&, const VideoOrientation&) = default;
};

}  // namespace stellwerk
