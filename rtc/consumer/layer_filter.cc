#include "rtc/consumer/layer_filter.h"

namespace stellwerk {

void LayerFilter::SetLimits(const LayerLimits& limits) {
  limits_ = limits;
  if (auto* dd = std::get_if<DdLayerFilter>(&filter_)) dd->SetLimits(limits);
  if (auto* vp9 = std::get_if<Vp9LayerFilter>(&filter_)) vp9->SetLimits(limits);
  if (auto* vp8 = std::get_if<Vp8LayerFilter>(&filter_)) vp8->SetLimits(limits);
}

void LayerFilter::StartRun(const SourcePacket& first) {
  if (first.dependencies) {
    filter_.emplace<DdLayerFilter>();
  } else if (std::holds_alternative<Vp9Descriptor>(first.info.descriptor)) {
    filter_.emplace<Vp9LayerFilter>();
  } else if (std::holds_alternative<Vp8Descriptor>(first.info.descriptor)) {
    filter_.emplace<Vp8LayerFilter>();
  } else {
    filter_.emplace<std::monostate>();
  }
  SetLimits(limits_);
  if (auto* dd = std::get_if<DdLayerFilter>(&filter_)) dd->StartRun(first);
  if (auto* vp9 = std::get_if<Vp9LayerFilter>(&filter_)) vp9->StartRun(first);
  if (auto* vp8 = std::get_if<Vp8LayerFilter>(&filter_)) vp8->StartRun(first);
}

LayerVerdict LayerFilter::OnPacket(const SourcePacket& packet) {
  if (auto* dd = std::get_if<DdLayerFilter>(&filter_)) return dd->OnPacket(packet);
  if (auto* vp9 = std::get_if<Vp9LayerFilter>(&filter_)) {
    if (std::holds_alternative<Vp9Descriptor>(packet.info.descriptor)) return vp9->OnPacket(packet);
  }
  if (auto* vp8 = std::get_if<Vp8LayerFilter>(&filter_)) {
    if (std::holds_alternative<Vp8Descriptor>(packet.info.descriptor)) return vp8->OnPacket(packet);
  }
  return {};
}

bool LayerFilter::base_only() const {
  const auto* vp8 = std::get_if<Vp8LayerFilter>(&filter_);
  return vp8 != nullptr && vp8->base_only();
}

SpatialLayer LayerFilter::spatial_layer() const {
  if (const auto* dd = std::get_if<DdLayerFilter>(&filter_)) return dd->spatial_layer();
  if (const auto* vp9 = std::get_if<Vp9LayerFilter>(&filter_)) return vp9->spatial_layer();
  return SpatialLayer();
}

TemporalLayer LayerFilter::temporal_layer() const {
  if (const auto* dd = std::get_if<DdLayerFilter>(&filter_)) return dd->temporal_layer();
  if (const auto* vp9 = std::get_if<Vp9LayerFilter>(&filter_)) return vp9->temporal_layer();
  if (const auto* vp8 = std::get_if<Vp8LayerFilter>(&filter_)) return vp8->temporal_layer();
  return TemporalLayer();
}

bool LayerFilter::awaits_keyframe() const {
  if (const auto* dd = std::get_if<DdLayerFilter>(&filter_)) return dd->awaits_keyframe();
  if (const auto* vp9 = std::get_if<Vp9LayerFilter>(&filter_)) return vp9->awaits_keyframe();
  return false;
}

}  // namespace stellwerk
