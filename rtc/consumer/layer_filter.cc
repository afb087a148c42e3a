#include "rtc/consumer/layer_filter.h"

namespace stellwerk {

void LayerFilter::SetLimits(const LayerLimits& limits) {
  limits_ = limits;
  if (auto* dd = Get<DdLayerFilter>()) dd->SetLimits(limits);
  if (auto* vp9 = Get<Vp9LayerFilter>()) vp9->SetLimits(limits);
  if (auto* vp8 = Get<Vp8LayerFilter>()) vp8->SetLimits(limits);
}

void LayerFilter::StartRun(const SourcePacket& first) {
  if (first.dependencies) {
    filter_ = std::make_unique<DdLayerFilter>();
  } else if (std::holds_alternative<Vp9Descriptor>(first.info.descriptor)) {
    filter_ = std::make_unique<Vp9LayerFilter>();
  } else if (std::holds_alternative<Vp8Descriptor>(first.info.descriptor)) {
    filter_ = std::make_unique<Vp8LayerFilter>();
  } else {
    filter_.emplace<std::monostate>();
  }
  SetLimits(limits_);
  if (auto* dd = Get<DdLayerFilter>()) dd->StartRun(first);
  if (auto* vp9 = Get<Vp9LayerFilter>()) vp9->StartRun(first);
  if (auto* vp8 = Get<Vp8LayerFilter>()) vp8->StartRun(first);
}

LayerVerdict LayerFilter::OnPacket(const SourcePacket& packet) {
  if (auto* dd = Get<DdLayerFilter>()) return dd->OnPacket(packet);
  if (auto* vp9 = Get<Vp9LayerFilter>()) {
    if (std::holds_alternative<Vp9Descriptor>(packet.info.descriptor)) return vp9->OnPacket(packet);
  }
  if (auto* vp8 = Get<Vp8LayerFilter>()) {
    if (std::holds_alternative<Vp8Descriptor>(packet.info.descriptor)) return vp8->OnPacket(packet);
  }
  return {};
}

bool LayerFilter::base_only() const {
  const auto* vp8 = Get<Vp8LayerFilter>();
  return vp8 != nullptr && vp8->base_only();
}

SpatialLayer LayerFilter::spatial_layer() const {
  if (const auto* dd = Get<DdLayerFilter>()) return dd->spatial_layer();
  if (const auto* vp9 = Get<Vp9LayerFilter>()) return vp9->spatial_layer();
  return SpatialLayer();
}

TemporalLayer LayerFilter::temporal_layer() const {
  if (const auto* dd = Get<DdLayerFilter>()) return dd->temporal_layer();
  if (const auto* vp9 = Get<Vp9LayerFilter>()) return vp9->temporal_layer();
  if (const auto* vp8 = Get<Vp8LayerFilter>()) return vp8->temporal_layer();
  return TemporalLayer();
}

bool LayerFilter::awaits_keyframe() const {
  if (const auto* dd = Get<DdLayerFilter>()) return dd->awaits_keyframe();
  if (const auto* vp9 = Get<Vp9LayerFilter>()) return vp9->awaits_keyframe();
  return false;
}

}  // namespace stellwerk
