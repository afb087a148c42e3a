#include "rtc/consumer/vp9_layer_filter.h"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

constexpr uint16_t kPictureIdMask = 0x7FFF;

}  // namespace

void Vp9LayerFilter::SetLimits(const LayerLimits& limits) {
  limit_ = limits.spatial.value();
  temporal_.SetLimit(limits.temporal);
}

void Vp9LayerFilter::StartRun(const SourcePacket& first) {
  pictures_.Clear();
  newest_ = first.timestamp - 1;
  available_ = seen_ = separate_ = unused_above_ = 0;
  after_keyframe_ = false;
  left_out_pictures_.reset();
  referred_pictures_.reset();
  group_.reset();
}

SpatialLayer Vp9LayerFilter::spatial_layer() const {
  return SpatialLayer(std::min(spatial_, available_));
}

bool Vp9LayerFilter::awaits_keyframe() const {
  const uint8_t wanted = std::min(limit_, available_);
  return wanted > spatial_ || (wanted < spatial_ && left_out_ != 0);
}

void Vp9LayerFilter::BeginPicture(const SourcePacket& packet, const Vp9Descriptor& descriptor) {
  newest_ = packet.timestamp;
  available_ = std::exchange(seen_, uint8_t{0});
  separate_ =
      static_cast<uint8_t>(std::exchange(unused_above_, uint8_t{0}) & ((1U << available_) - 1));
  // Layers that come later have to be entered.
  if (std::exchange(after_keyframe_, false)) spatial_ = std::min(spatial_, available_);
  // Known by every packet of the base layer, since the first one may be late.
  if (descriptor.spatial_layer.value() == 0 && !descriptor.inter_picture_predicted) {
    spatial_ = limit_;
    // The structure says what comes; libwebrtc sends it with every keyframe.
    if (descriptor.has_scalability_structure) {
      available_ = static_cast<uint8_t>(descriptor.spatial_layer_count - 1);
      spatial_ = std::min(spatial_, available_);
    } else {
      after_keyframe_ = true;
    }
    left_out_before_ = std::exchange(left_out_, uint8_t{0});
    keyframe_ = packet.timestamp;
    temporal_.Start();
  } else if (spatial_ > limit_ && left_out_ == 0) {
    spatial_ = limit_;
  }
}

std::optional<std::span<const uint8_t>> Vp9LayerFilter::ReferencesOf(
    const Vp9Descriptor& descriptor) const {
  if (!descriptor.picture_id) return std::nullopt;
  if (descriptor.flexible_mode) {
    return std::span(descriptor.reference_differences).first(descriptor.reference_count);
  }
  if (!group_) return std::nullopt;
  const auto since =
      static_cast<uint16_t>((*descriptor.picture_id - group_start_) & kPictureIdMask);
  const Vp9PictureGroup::Picture& place = group_->pictures[since % group_->picture_count];
  if (place.temporal_layer != descriptor.temporal_layer) return std::nullopt;
  return std::span(place.reference_differences).first(place.reference_count);
}

bool Vp9LayerFilter::PassesByTemporalLayer(const SourcePacket& packet,
                                           const Vp9Descriptor& descriptor) {
  const TemporalLayer layer = descriptor.temporal_layer;
  if (descriptor.picture_id) {
    // What lies between was not seen, so it was not left out by us.
    const auto step =
        static_cast<uint16_t>((*descriptor.picture_id - newest_picture_id_) & kPictureIdMask);
    for (uint16_t i = 1; i <= std::min<uint16_t>(step, 128); ++i) {
      left_out_pictures_.reset((newest_picture_id_ + i) % 128U);
      referred_pictures_.reset((newest_picture_id_ + i) % 128U);
    }
    newest_picture_id_ = *descriptor.picture_id;
    if (descriptor.picture_group_offset != 0) {
      group_ = Vp9PictureGroup::Parse(packet.payload(), descriptor);
      group_start_ = *descriptor.picture_id;
    }
  }
  const bool base = layer.value() == 0;
  bool passes = true;
  if (const auto references = ReferencesOf(descriptor)) {
    const bool complete = IsComplete(descriptor, *references);
    // Only lower layers or nothing is missing: for the layer it is as if it had been entered.
    passes = temporal_.OnFrame(layer, complete) && (complete || base);
    for (const uint8_t difference : passes ? *references : std::span<const uint8_t>()) {
      referred_pictures_.set(static_cast<uint16_t>(*descriptor.picture_id - difference) % 128U);
    }
  } else {
    if (base && descriptor.switching_up_point) temporal_.Start();
    passes = temporal_.OnFrame(layer, !base && descriptor.switching_up_point);
  }
  if (descriptor.picture_id && !passes) left_out_pictures_.set(*descriptor.picture_id % 128U);
  return passes;
}

bool Vp9LayerFilter::IsComplete(const Vp9Descriptor& descriptor,
                                std::span<const uint8_t> references) const {
  return std::ranges::none_of(references, [&](uint8_t difference) {
    return left_out_pictures_[static_cast<uint16_t>(*descriptor.picture_id - difference) % 128U];
  });
}

bool Vp9LayerFilter::PassesLate(const Vp9Descriptor& descriptor) {
  const bool included = temporal_.Includes(descriptor.temporal_layer);
  if (!descriptor.picture_id) return included;
  const uint16_t id = *descriptor.picture_id;
  if (((newest_picture_id_ - id) & kPictureIdMask) >= 128) return included;
  const auto references = ReferencesOf(descriptor);
  const bool complete = !references || IsComplete(descriptor, *references);
  // A picture that was not seen counts as one that passes, and by that some may have passed.
  const bool passes = referred_pictures_[id % 128U] || descriptor.temporal_layer.value() == 0 ||
                      (included && complete);
  if (!passes) left_out_pictures_.set(id % 128U);
  return passes;
}

Vp9LayerFilter::Picture Vp9LayerFilter::Decide(const SourcePacket& packet,
                                               const Vp9Descriptor& descriptor) {
  Picture picture;
  if (packet.timestamp > newest_) {
    BeginPicture(packet, descriptor);
    picture.passes = PassesByTemporalLayer(packet, descriptor);
  } else {
    picture.passes = PassesLate(descriptor);
  }
  picture.spatial = spatial_;
  picture.undecodable = packet.timestamp < keyframe_ ? left_out_before_ : left_out_;
  return picture;
}

bool Vp9LayerFilter::IsNeedless(uint8_t layer, const Picture& picture,
                                const Vp9Descriptor& descriptor) const {
  if ((picture.undecodable >> layer & 1) != 0) return true;
  const uint8_t top = std::min(picture.spatial, std::max(available_, seen_));
  return layer < top && descriptor.not_a_reference_for_upper_spatial_layers &&
         (separate_ >> layer & 1) != 0;
}

LayerVerdict Vp9LayerFilter::OnPacket(const SourcePacket& packet) {
  const auto& descriptor = std::get<Vp9Descriptor>(packet.info.descriptor);
  Picture* picture = pictures_.Find(packet.timestamp);
  if (picture == nullptr) {
    picture = &pictures_.Add(packet.timestamp, Decide(packet, descriptor));
  }
  const uint8_t layer = descriptor.spatial_layer.value();
  const auto bit = static_cast<uint8_t>(1U << layer);
  if (packet.timestamp == newest_) {
    seen_ = std::max(seen_, layer);
    if (descriptor.not_a_reference_for_upper_spatial_layers) unused_above_ |= bit;
  }
  if (!picture->passes || layer > picture->spatial) return {.pass = false};
  if ((picture->decided & bit) == 0) {
    picture->decided |= bit;
    if (IsNeedless(layer, *picture, descriptor)) picture->left_out |= bit;
  }
  if ((picture->left_out & bit) != 0) {
    if (packet.timestamp >= keyframe_) left_out_ |= bit;
    return {.pass = false};
  }
  return {.pass = true, .ends_picture = descriptor.end_of_frame && layer == picture->spatial};
}

}  // namespace stellwerk
