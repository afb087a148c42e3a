#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "rtc/consumer/layer_verdict.h"
#include "rtc/consumer/picture_ring.h"
#include "rtc/consumer/temporal_switch.h"
#include "rtc/producer/source_packet.h"

namespace stellwerk {

// Spatial and temporal layers of VP9 by its payload descriptor, in flexible and non-flexible mode:
// full SVC, K-SVC (layers predict from each other at keyframes only) and layers that never do.
//
// Up a temporal layer it goes by what pictures predict from, where that is known: a picture passes
// if nothing that it refers to was left out. The switching up point (U) alone is not enough: RFC
// 9628 §4.2 says with it that what follows in higher layers needs nothing older of them; libwebrtc
// sets it on pictures of higher layers that need only lower ones.
class Vp9LayerFilter {
 public:
  void SetLimits(const LayerLimits& limits);
  // `first` is the first packet of a keyframe.
  void StartRun(const SourcePacket& first);
  LayerVerdict OnPacket(const SourcePacket& packet);

  [[nodiscard]] SpatialLayer spatial_layer() const;
  [[nodiscard]] TemporalLayer temporal_layer() const { return temporal_.layer(); }
  // The wanted spatial layer is being sent, but can't be entered without a keyframe.
  [[nodiscard]] bool awaits_keyframe() const;

 private:
  struct Picture {
    uint8_t spatial = 0;      // the highest that passes
    bool passes = false;      // by its temporal layer
    uint8_t undecodable = 0;  // spatial layers, a bit each
    // A bit for each spatial layer of which a packet was seen.
    uint8_t decided = 0;
    uint8_t left_out = 0;
  };
  Picture Decide(const SourcePacket& packet, const Vp9Descriptor& descriptor);
  [[nodiscard]] bool PassesByTemporalLayer(const SourcePacket& packet,
                                           const Vp9Descriptor& descriptor);
  // The same for one that comes after later ones were decided.
  [[nodiscard]] bool PassesLate(const Vp9Descriptor& descriptor);
  [[nodiscard]] bool IsComplete(const Vp9Descriptor& descriptor,
                                std::span<const uint8_t> references) const;
  // What the picture predicts from, as distances of picture ids; nullopt: not known.
  [[nodiscard]] std::optional<std::span<const uint8_t>> ReferencesOf(
      const Vp9Descriptor& descriptor) const;
  void BeginPicture(const SourcePacket& packet, const Vp9Descriptor& descriptor);
  // Whether frames of this layer are left out, since the higher one needs them not.
  [[nodiscard]] bool IsNeedless(uint8_t layer, const Picture& picture,
                                const Vp9Descriptor& descriptor) const;

  uint8_t limit_ = 0xFF;  // spatial
  TemporalSwitch temporal_;
  uint8_t spatial_ = 0;  // the highest that passes
  // The highest spatial layer of the picture before, and of the present one up to now.
  uint8_t available_ = 0;
  uint8_t seen_ = 0;
  // Layers that no higher one of the same picture predicts from, a bit each, likewise. By the
  // picture before can be told K-SVC from a highest layer that has been switched off.
  uint8_t separate_ = 0;
  uint8_t unused_above_ = 0;
  bool after_keyframe_ = false;
  // Lower spatial layers of which frames were left out since the last keyframe, a bit each: what
  // follows in them can't be decoded. And before it, for packets that come late.
  uint8_t left_out_ = 0;
  uint8_t left_out_before_ = 0;
  int64_t keyframe_ = std::numeric_limits<int64_t>::min();  // its timestamp
  int64_t newest_ = std::numeric_limits<int64_t>::min();
  // By picture id; a difference has seven bits.
  std::bitset<128> left_out_pictures_;
  std::bitset<128> referred_pictures_;  // by such as passed
  uint16_t newest_picture_id_ = 0;
  std::optional<Vp9PictureGroup> group_;
  uint16_t group_start_ = 0;  // picture id
  PictureRing<Picture> pictures_;
};

}  // namespace stellwerk
