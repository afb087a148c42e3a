#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/layer.h"
#include "rtc/base/units.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/payload_info.h"
#include "rtc/codec/video_layers_allocation.h"
#include "rtc/producer/layer_rates.h"

namespace stellwerk {

// Which layers one encoding consists of, and what each costs: measured, and before that as its
// publisher announced it.
class EncodingLayers {
 public:
  // `dependencies` where the packet has them.
  void OnPacket(const PayloadInfo& info, const std::optional<FrameDependencies>& dependencies,
                DataSize size, Timestamp now);
  void OnAnnounced(const VideoLayersAllocation::SpatialLayerAllocation& layer);
  // The publisher tells anew what it sends; the layers follow.
  void ForgetAnnounced() { announced_.clear(); }
  // The sender began anew.
  void Reset();

  // Appends the layers, ascending. While the encoding is not `active`: what they were when it was,
  // or what was announced.
  void Describe(uint8_t encoding, bool active, Timestamp now, std::vector<LayerOption>& options);
  [[nodiscard]] DataRate bitrate(Timestamp now) { return rates_.RateOf(~uint64_t{0}, now); }
  // Of the largest layer; 0x0: not known.
  [[nodiscard]] VideoResolution resolution() const;

 private:
  // What the kinds of LayerRates stand for.
  enum class Kinds : uint8_t {
    kNone,
    kTemporal,   // the temporal layer
    kVp9,        // spatial layer, temporal layer, and whether higher layers need it
    kTemplates,  // of the Dependency Descriptor's structure
  };
  void SetKinds(Kinds kinds);
  void Measure(Timestamp now);
  void MeasureTemporal(Timestamp now);
  void MeasureVp9(Timestamp now);
  void MeasureTargets(Timestamp now);
  void Add(SpatialLayer spatial, TemporalLayer temporal, DataRate rate);
  [[nodiscard]] VideoResolution ResolutionOf(SpatialLayer layer) const;

  LayerRates rates_;
  bool measured_ = false;  // over a whole window, so that `latest_` is worth keeping
  Timestamp last_packet_{};
  Kinds kinds_ = Kinds::kNone;
  DecodeTargets targets_;
  uint32_t structure_version_ = 0;
  uint32_t active_targets_ = 0;
  std::array<VideoResolution, Vp9Descriptor::kMaxSpatialLayers> resolutions_{};
  std::vector<VideoLayersAllocation::SpatialLayerAllocation> announced_;
  std::vector<LayerOption> latest_;
};

}  // namespace stellwerk
