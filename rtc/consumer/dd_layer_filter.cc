#include "rtc/consumer/dd_layer_filter.h"

#include <algorithm>

namespace stellwerk {
namespace {

std::size_t IndexOf(int64_t frame, int64_t window) {
  return static_cast<std::size_t>(frame & (window - 1));
}

}  // namespace

void DdLayerFilter::StartRun(const SourcePacket& first) {
  structure_version_ = 0;
  pictures_.Clear();
  newest_picture_ = first.timestamp - 1;
  decided_.reset();
  passed_.reset();
  top_.reset();
  // Far enough above zero for frames that come late.
  if (first.dependencies) {
    newest_frame_ = (int64_t{1} << 20) + first.dependencies->head.frame_number - 1;
  }
}

int64_t DdLayerFilter::Unwrap(uint16_t frame_number) const {
  return newest_frame_ + static_cast<int16_t>(frame_number - static_cast<uint16_t>(newest_frame_));
}

void DdLayerFilter::Advance(int64_t number) {
  if (number - newest_frame_ >= kWindow) {
    decided_.reset();
    passed_.reset();
    top_.reset();
  } else {
    for (int64_t frame = newest_frame_ + 1; frame <= number; ++frame) {
      decided_.reset(IndexOf(frame, kWindow));
      passed_.reset(IndexOf(frame, kWindow));
      top_.reset(IndexOf(frame, kWindow));
    }
  }
  newest_frame_ = number;
}

bool DdLayerFilter::AllPassed(int64_t number, const FrameReferences& references) const {
  return std::ranges::all_of(references.view(), [&](uint16_t distance) {
    const int64_t frame = number - distance;
    return frame > newest_frame_ - kWindow && passed_[IndexOf(frame, kWindow)];
  });
}

std::size_t DdLayerFilter::Sent() const {
  if ((active_ >> target_ & 1) != 0) return target_;
  return targets_.Best(SpatialLayer(0xFF), TemporalLayer(0xFF), targets_.Within(target_) & active_)
      .value_or(target_);
}

bool DdLayerFilter::WithinLimits(std::size_t target) const {
  return targets_.SpatialLayerOf(target) <= limits_.spatial &&
         targets_.TemporalLayerOf(target) <= limits_.temporal;
}

std::size_t DdLayerFilter::Wanted() const {
  return targets_.Best(limits_.spatial, limits_.temporal, active_).value_or(target_);
}

uint32_t DdLayerFilter::Below(std::size_t wanted) const {
  return targets_.OfSpatialLayer(targets_.SpatialLayerOf(wanted)) & targets_.Within(target_) &
         active_;
}

bool DdLayerFilter::awaits_keyframe() const {
  const std::size_t wanted = Wanted();
  return targets_.SpatialLayerOf(wanted) != targets_.SpatialLayerOf(target_) && Below(wanted) == 0;
}

void DdLayerFilter::OnStructure(const FrameDependencies& frame) {
  structure_version_ = frame.structure_version;
  targets_ = frame.structure->targets();
  active_ = frame.active_targets;
  target_ = 0;
  target_ = Wanted();
}

void DdLayerFilter::Switch(const FrameDependencies& frame, bool new_picture) {
  active_ = frame.active_targets;
  const std::size_t wanted = Wanted();
  if (wanted == target_) return;
  if (frame.IsKeyframe()) {
    target_ = wanted;
    return;
  }
  const SpatialLayer spatial = targets_.SpatialLayerOf(target_);
  const SpatialLayer wanted_spatial = targets_.SpatialLayerOf(wanted);
  const bool all_passed = (targets_.Within(target_) >> wanted & 1) != 0;
  // The publisher has switched the highest layers off: when they return, they begin anew, and the
  // target is still the right one.
  if (all_passed && WithinLimits(target_)) return;
  // §A.4: a switch indication means that who can decode this frame can decode the target from here
  // on. Not within a picture to a higher spatial layer: the marker may be out.
  if (frame.indications.At(wanted) == DecodeTargetIndication::kSwitch &&
      (new_picture || wanted_spatial <= spatial) &&
      AllPassed(Unwrap(frame.head.frame_number), frame.references)) {
    target_ = wanted;
    return;
  }
  // Down, to what has passed already. Only between pictures, since within one the marker of the
  // layer below might be missing; and where the wanted one has fewer spatial but more temporal
  // layers, first to what the two have in common.
  const uint32_t below = Below(wanted);
  if (!new_picture || below == 0) return;
  if (all_passed) {
    target_ = wanted;
  } else if (wanted_spatial != spatial) {
    target_ = targets_.Best(limits_.spatial, limits_.temporal, below).value_or(target_);
  }
}

std::optional<ActiveTargets> DdLayerFilter::TellActive(const FrameDependencies& frame) {
  if (!frame.head.start_of_frame) return std::nullopt;
  // A structure makes all active, until something else is said.
  if (frame.head.has_structure) told_active_ = targets_.all();
  const uint32_t active = targets_.Within(target_) & active_;
  if (active == 0 || (active == told_active_ && !frame.head.has_active_decode_targets)) {
    return std::nullopt;
  }
  told_active_ = active;
  return ActiveTargets{.mask = active, .count = static_cast<uint8_t>(targets_.count())};
}

bool DdLayerFilter::Decide(int64_t number, bool otherwise) {
  if (number <= newest_frame_ - kWindow) return otherwise;
  const std::size_t index = IndexOf(number, kWindow);
  if (!decided_[index]) {
    decided_.set(index);
    passed_.set(index, otherwise);
  }
  return passed_[index];
}

LayerVerdict DdLayerFilter::OnUnexplained(const SourcePacket& packet) {
  if (!packet.dependency_descriptor) return {};
  const int64_t number = Unwrap(packet.dependency_descriptor->frame_number);
  if (number > newest_frame_) {
    Advance(number);
    newest_picture_ = std::max(newest_picture_, packet.timestamp);
  }
  // Late, and of a structure that has been replaced: what is not known to have passed before the
  // keyframe is not needed after it.
  if (packet.timestamp < structure_since_) {
    return {.pass = Decide(number, false),
            .ends_picture = packet.dependency_descriptor->end_of_frame &&
                            number > newest_frame_ - kWindow && top_[IndexOf(number, kWindow)]};
  }
  // Its structure is missing until its first packet is repaired. The whole is better than a hole,
  // and all of the picture has to follow.
  Picture* picture = pictures_.Find(packet.timestamp);
  if (picture == nullptr) picture = &pictures_.Add(packet.timestamp, {.unfiltered = true});
  return {.pass = Decide(number, picture->unfiltered)};
}

LayerVerdict DdLayerFilter::OnPacket(const SourcePacket& packet) {
  if (!packet.dependencies) return OnUnexplained(packet);
  const FrameDependencies& frame = *packet.dependencies;
  if (frame.structure_version != structure_version_) {
    OnStructure(frame);
    structure_since_ = packet.timestamp;
  }
  const int64_t number = Unwrap(frame.head.frame_number);
  const bool newest = number > newest_frame_;
  if (newest) {
    const bool new_picture = packet.timestamp > newest_picture_;
    newest_picture_ = std::max(newest_picture_, packet.timestamp);
    Advance(number);
    Switch(frame, new_picture);
  }
  Picture* picture = pictures_.Find(packet.timestamp);
  if (picture == nullptr) picture = &pictures_.Add(packet.timestamp, {.target = target_});
  if (newest) picture->target = target_;
  const SpatialLayer top = targets_.SpatialLayerOf(picture->target);
  // A keyframe that others build on brings what decoders need to begin, whoever is its target.
  const bool wanted = frame.indications.Includes(picture->target) ||
                      (frame.head.has_structure && frame.spatial_layer <= top);
  if (!Decide(number, picture->unfiltered || wanted)) return {.pass = false};
  if (number > newest_frame_ - kWindow && frame.spatial_layer == top && !picture->unfiltered) {
    top_.set(IndexOf(number, kWindow));
  }
  return {
      .pass = true,
      .ends_picture = frame.head.end_of_frame && frame.spatial_layer == top && !picture->unfiltered,
      .active_targets = TellActive(frame)};
}

}  // namespace stellwerk
