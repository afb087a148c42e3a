#pragma once

#include <compare>
#include <cstdint>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk {

// One quality in which a video source can be forwarded: of the simulcast encoding `encoding` all
// spatial layers up to `spatial` and all temporal layers up to `temporal`. Without simulcast the
// encoding is 0, without SVC the spatial layer is 0. Ordered by quality.
struct Layer {
  uint8_t encoding = 0;  // index into the producer's encodings
  SpatialLayer spatial{};
  TemporalLayer temporal{};
  friend constexpr auto operator<=>(const Layer&, const Layer&) = default;
};

// A layer that a source offers at present, and what it costs.
struct LayerOption {
  Layer layer{};
  // Of all packets that a slot in this layer is sent (lower layers of the same encoding included),
  // headers included.
  DataRate rate{};
  VideoResolution resolution{};  // 0x0: not known
  // False: the publisher could send it but does not at present, for nobody watches it; the rate is
  // what it was, or what was announced.
  bool active = true;
  friend bool operator==(const LayerOption&, const LayerOption&) = default;
};

// Why a video slot has the layer that it has: the allocator's answer to "why is my picture so
// small?".
enum class LayerReason : uint8_t {
  kNoSource,   // points at nothing, or its source sends nothing
  kPaused,     // by the subscriber or the controller
  kBest,       // the best layer there is
  kDemand,     // the best layer that was asked for (size, layer limit)
  kBandwidth,  // more does not fit
  kHolding,    // more would fit, but not for long enough yet
  kSwitching,  // a better one was chosen; its keyframe or switch point is waited for
};

}  // namespace stellwerk
