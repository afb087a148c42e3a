#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"

namespace stellwerk {

// The highest layers to let pass within an encoding.
struct LayerLimits {
  SpatialLayer spatial{0xFF};
  TemporalLayer temporal{0xFF};
  friend bool operator==(const LayerLimits&, const LayerLimits&) = default;
};

// Which decode targets a receiver can count on from a frame on (Dependency Descriptor).
struct ActiveTargets {
  uint32_t mask = 0;
  uint8_t count = 0;
  friend bool operator==(const ActiveTargets&, const ActiveTargets&) = default;
};

// What becomes of one packet.
struct LayerVerdict {
  bool pass = true;
  // It is the last packet of the highest spatial layer that passes, so it gets the marker.
  // Receivers wait for it: libwebrtc hands a picture to the decoder only when a frame with the
  // marker is there.
  bool ends_picture = false;
  std::optional<ActiveTargets> active_targets = std::nullopt;  // to be told with this packet
};

}  // namespace stellwerk
