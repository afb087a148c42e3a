#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk {

// http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00: which layers a publisher
// sends at present, or is about to, and what it wants to spend on each.
//
//   0 1 2 3 4 5 6 7
//  |RID|NS | mask  |  stream, streams - 1, spatial layers of all streams; mask 0: of each below
//  |masks ...      |  4 bits per stream, whole bytes
//  |#tl|#tl|...    |  temporal layers - 1 of each spatial layer, 2 bits each, whole bytes
//  | kbit/s ...    |  LEB128, one for each temporal layer
//  |w-1 2|h-1 2|fps|  for each spatial layer; optional
struct VideoLayersAllocation {
  static constexpr std::size_t kMaxStreams = 4;
  static constexpr std::size_t kMaxSpatialLayers = 4;
  static constexpr std::size_t kMaxTemporalLayers = 4;

  struct SpatialLayerAllocation {
    uint8_t stream = 0;  // of a simulcast, in the publisher's order
    SpatialLayer spatial_layer;
    uint8_t temporal_layer_count = 0;
    // To receive the stream up to this spatial and each temporal layer: all that these need
    // included.
    std::array<DataRate, kMaxTemporalLayers> rates{};
    VideoResolution resolution;  // 0x0: not told
    uint8_t frame_rate = 0;
    friend bool operator==(const SpatialLayerAllocation&, const SpatialLayerAllocation&) = default;
  };

  uint8_t stream = 0;  // on which this was sent
  uint8_t layer_count = 0;
  std::array<SpatialLayerAllocation, kMaxStreams * kMaxSpatialLayers> layer_list{};

  static std::optional<VideoLayersAllocation> Parse(std::span<const uint8_t> data);
  // Empty: nothing is sent.
  [[nodiscard]] std::span<const SpatialLayerAllocation> layers() const {
    return std::span(layer_list).first(layer_count);
  }
  friend bool operator==(const VideoLayersAllocation&, const VideoLayersAllocation&) = default;
};

}  // namespace stellwerk
