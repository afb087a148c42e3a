#pragma once

#include <cstdint>

namespace stellwerk {

// Size of a picture in pixels.
struct VideoResolution {
  uint16_t width = 0;
  uint16_t height = 0;
  friend bool operator==(const VideoResolution&, const VideoResolution&) = default;
};

}  // namespace stellwerk
