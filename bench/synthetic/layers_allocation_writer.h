#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk::synthetic {

// What a publisher sends, for the header extension video-layers-allocation00.
struct LayersAllocation {
  struct Spatial {
    std::vector<DataRate> rates;  // by temporal layer, each with all layers that it needs
    VideoResolution resolution;
    uint8_t frames_per_second = 0;
  };
  // By RTP stream, in ascending quality; a stream without layers is not sent at present.
  std::vector<std::vector<Spatial>> streams;
};

// `stream`: the one that this packet belongs to.
[[nodiscard]] std::vector<uint8_t> WriteLayersAllocation(const LayersAllocation& allocation,
                                                         std::size_t stream);

}  // namespace stellwerk::synthetic
