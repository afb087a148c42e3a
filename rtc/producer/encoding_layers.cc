#include "rtc/producer/encoding_layers.h"

#include <algorithm>
#include <bit>

namespace stellwerk {
namespace {

constexpr uint8_t kMaxTemporal = 8;
constexpr uint8_t kVp9Temporal = 4;

// Without a packet for so long the window is partly empty: what was measured before holds.
constexpr TimeDelta kFresh = std::chrono::milliseconds(150);
// After such a pause the measurement begins anew.
constexpr TimeDelta kPause = std::chrono::seconds(2);

// Spatial layer, temporal layer, needed by higher layers: 64 kinds.
std::size_t Vp9Kind(uint8_t spatial, uint8_t temporal, bool needed) {
  return std::size_t{spatial} * 8 + std::size_t{temporal} * 2 + (needed ? 1 : 0);
}

}  // namespace

void EncodingLayers::SetKinds(Kinds kinds) {
  if (kinds == kinds_) return;
  kinds_ = kinds;
  rates_.Clear();
}

void EncodingLayers::Reset() {
  rates_.Clear();
  measured_ = false;
  kinds_ = Kinds::kNone;
  structure_version_ = 0;
}

void EncodingLayers::OnPacket(const PayloadInfo& info,
                              const std::optional<FrameDependencies>& dependencies, DataSize size,
                              Timestamp now) {
  if (now - last_packet_ > kPause) rates_.Clear();
  last_packet_ = now;
  if (dependencies) {
    SetKinds(Kinds::kTemplates);
    if (dependencies->structure_version != structure_version_) {
      structure_version_ = dependencies->structure_version;
      targets_ = dependencies->structure->targets();
      for (uint8_t layer = 0; layer < DependencyStructure::kMaxSpatialLayers; ++layer) {
        const auto resolution = dependencies->structure->ResolutionOf(SpatialLayer(layer));
        resolutions_[layer] = resolution.value_or(VideoResolution());
      }
      rates_.Clear();
    }
    active_targets_ = dependencies->active_targets;
    return rates_.OnPacket(dependencies->template_index, size, now);
  }
  if (const auto* vp9 = std::get_if<Vp9Descriptor>(&info.descriptor)) {
    SetKinds(Kinds::kVp9);
    if (vp9->has_resolutions) resolutions_ = vp9->resolutions;
    const auto temporal = std::min<uint8_t>(vp9->temporal_layer.value(), kVp9Temporal - 1);
    return rates_.OnPacket(Vp9Kind(vp9->spatial_layer.value(), temporal,
                                   !vp9->not_a_reference_for_upper_spatial_layers),
                           size, now);
  }
  SetKinds(Kinds::kTemporal);
  if (info.resolution) resolutions_[0] = *info.resolution;
  // Of other codecs all temporal layers pass without a Dependency Descriptor.
  const bool selectable = std::holds_alternative<Vp8Descriptor>(info.descriptor);
  const uint8_t temporal =
      selectable ? std::min<uint8_t>(info.temporal_layer.value(), kMaxTemporal - 1) : uint8_t{0};
  rates_.OnPacket(temporal, size, now);
}

void EncodingLayers::OnAnnounced(const VideoLayersAllocation::SpatialLayerAllocation& layer) {
  if (announced_.size() < VideoLayersAllocation::kMaxSpatialLayers) announced_.push_back(layer);
}

VideoResolution EncodingLayers::ResolutionOf(SpatialLayer layer) const {
  for (const auto& announced : announced_) {
    if (announced.spatial_layer == layer && announced.resolution.height != 0) {
      return announced.resolution;
    }
  }
  return layer.value() < resolutions_.size() ? resolutions_[layer.value()] : VideoResolution();
}

VideoResolution EncodingLayers::resolution() const {
  VideoResolution largest;
  for (uint8_t layer = 0; layer < resolutions_.size(); ++layer) {
    const VideoResolution here = ResolutionOf(SpatialLayer(layer));
    if (here.height > largest.height) largest = here;
  }
  return largest;
}

void EncodingLayers::Add(SpatialLayer spatial, TemporalLayer temporal, DataRate rate) {
  latest_.push_back({.layer = {.encoding = 0, .spatial = spatial, .temporal = temporal},
                     .rate = rate,
                     .resolution = ResolutionOf(spatial)});
}

void EncodingLayers::MeasureTemporal(Timestamp now) {
  const uint64_t seen = rates_.Seen(now) | 1;
  for (uint64_t left = seen; left != 0; left &= left - 1) {
    const auto temporal = static_cast<uint8_t>(std::countr_zero(left));
    Add(SpatialLayer(), TemporalLayer(temporal), rates_.RateOf((uint64_t{2} << temporal) - 1, now));
  }
}

void EncodingLayers::MeasureVp9(Timestamp now) {
  const uint64_t seen = rates_.Seen(now);
  uint8_t temporal_layers = 1;  // a bit each; those that any spatial layer has
  for (uint64_t left = seen; left != 0; left &= left - 1) {
    temporal_layers |= static_cast<uint8_t>(1U << (std::countr_zero(left) % 8 / 2));
  }
  for (uint8_t s = 0; s < Vp9Descriptor::kMaxSpatialLayers; ++s) {
    // Lower layers are there even if they pause.
    if (seen >> (8 * s) == 0 && s > 0) break;
    uint64_t kinds = 0;
    for (uint8_t t = 0; t < kVp9Temporal; ++t) {
      for (uint8_t below = 0; below < s; ++below) kinds |= uint64_t{1} << Vp9Kind(below, t, true);
      kinds |= uint64_t{1} << Vp9Kind(s, t, true) | uint64_t{1} << Vp9Kind(s, t, false);
      if ((temporal_layers >> t & 1) != 0) {
        Add(SpatialLayer(s), TemporalLayer(t), rates_.RateOf(kinds, now));
      }
    }
  }
}

void EncodingLayers::MeasureTargets(Timestamp now) {
  for (std::size_t target = 0; target < targets_.count(); ++target) {
    if ((active_targets_ >> target & 1) == 0) continue;
    Add(targets_.SpatialLayerOf(target), targets_.TemporalLayerOf(target),
        rates_.RateOf(targets_.TemplatesOf(target), now));
  }
  const auto by_layer = [](const LayerOption& a, const LayerOption& b) {
    return a.layer < b.layer;
  };
  std::sort(latest_.begin(), latest_.end(), by_layer);
  const auto same = [](const LayerOption& a, const LayerOption& b) { return a.layer == b.layer; };
  latest_.erase(std::unique(latest_.begin(), latest_.end(), same), latest_.end());
}

void EncodingLayers::Measure(Timestamp now) {
  latest_.clear();
  switch (kinds_) {
    case Kinds::kNone:
      break;
    case Kinds::kTemporal:
      return MeasureTemporal(now);
    case Kinds::kVp9:
      return MeasureVp9(now);
    case Kinds::kTemplates:
      return MeasureTargets(now);
  }
}

void EncodingLayers::Describe(uint8_t encoding, bool active, Timestamp now,
                              std::vector<LayerOption>& options) {
  const bool measurable = rates_.settled(now) && now - last_packet_ <= kFresh;
  if (active && (measurable || (!measured_ && announced_.empty()))) {
    Measure(now);
    measured_ |= measurable;
  } else if (!announced_.empty() && !rates_.settled(now)) {
    latest_.clear();
    for (const auto& layer : announced_) {
      for (uint8_t t = 0; t < layer.temporal_layer_count; ++t) {
        Add(layer.spatial_layer, TemporalLayer(t), layer.rates[t]);
      }
    }
  }
  for (LayerOption option : latest_) {
    option.layer.encoding = encoding;
    option.active = active;
    options.push_back(option);
  }
}

}  // namespace stellwerk
