#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <optional>

#include "rtc/codec/dependency_descriptor.h"
#include "rtc/consumer/layer_verdict.h"
#include "rtc/consumer/picture_ring.h"
#include "rtc/producer/source_packet.h"

namespace stellwerk {

// Layers of any codec by the Dependency Descriptor: chooses a decode target and lets pass what
// belongs to it. Reads no payload.
class DdLayerFilter {
 public:
  void SetLimits(const LayerLimits& limits) { limits_ = limits; }
  // `first` is the first packet of a keyframe.
  void StartRun(const SourcePacket& first);
  LayerVerdict OnPacket(const SourcePacket& packet);

  [[nodiscard]] SpatialLayer spatial_layer() const { return targets_.SpatialLayerOf(Sent()); }
  [[nodiscard]] TemporalLayer temporal_layer() const { return targets_.TemporalLayerOf(Sent()); }
  // The wanted decode target is being sent, but can't be entered without a keyframe.
  [[nodiscard]] bool awaits_keyframe() const;

 private:
  struct Picture {
    std::size_t target = 0;   // of the present structure
    bool unfiltered = false;  // began to pass before its structure was known
  };
  // Numbers of frames before the newest of which is known whether they passed.
  static constexpr int64_t kWindow = 256;

  LayerVerdict OnUnexplained(const SourcePacket& packet);
  void OnStructure(const FrameDependencies& frame);
  // A frame ahead of all others: goes over to the wanted target if this is the place.
  void Switch(const FrameDependencies& frame, bool new_picture);
  [[nodiscard]] bool AllPassed(int64_t number, const FrameReferences& references) const;
  void Advance(int64_t number);
  [[nodiscard]] int64_t Unwrap(uint16_t frame_number) const;
  // Whether the frame passes, as was decided with its first packet; else by `otherwise`.
  bool Decide(int64_t number, bool otherwise);
  // What there is of the present target, the highest layers of which may be switched off.
  [[nodiscard]] std::size_t Sent() const;
  [[nodiscard]] bool WithinLimits(std::size_t target) const;
  // The best target that the limits leave of the active ones.
  [[nodiscard]] std::size_t Wanted() const;
  // The targets that a receiver of the present one could go down to on the way to `wanted`.
  [[nodiscard]] uint32_t Below(std::size_t wanted) const;
  std::optional<ActiveTargets> TellActive(const FrameDependencies& frame);

  LayerLimits limits_;
  uint32_t structure_version_ = 0;
  DecodeTargets targets_;
  uint32_t active_ = 0;  // by the publisher's word
  std::size_t target_ = 0;
  uint32_t told_active_ = 0;  // what the receiver takes for active

  int64_t newest_frame_ = 0;
  int64_t newest_picture_ = std::numeric_limits<int64_t>::min();
  int64_t structure_since_ = std::numeric_limits<int64_t>::min();  // timestamp of its keyframe
  std::bitset<kWindow> decided_;                                   // by frame number
  std::bitset<kWindow> passed_;
  std::bitset<kWindow> top_;  // the last of their pictures to pass: they carry the marker
  PictureRing<Picture> pictures_;
};

}  // namespace stellwerk
