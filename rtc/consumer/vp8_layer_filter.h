#pragma once

#include <cstdint>
#include <limits>

#include "rtc/consumer/layer_verdict.h"
#include "rtc/consumer/picture_ring.h"
#include "rtc/consumer/temporal_switch.h"
#include "rtc/producer/source_packet.h"

namespace stellwerk {

// Temporal layers of VP8 by its payload descriptor.
class Vp8LayerFilter {
 public:
  void SetLimits(const LayerLimits& limits) { temporal_.SetLimit(limits.temporal); }
  // `first` is the first packet of a keyframe.
  void StartRun(const SourcePacket& first);
  LayerVerdict OnPacket(const SourcePacket& packet);
  // The next picture will come soon.
  void PrefetchNext() const { pictures_.PrefetchNext(); }
  [[nodiscard]] bool base_only() const { return temporal_.base_only(); }
  [[nodiscard]] TemporalLayer temporal_layer() const { return temporal_.layer(); }

 private:
  int64_t newest_ = std::numeric_limits<int64_t>::min();
  TemporalSwitch temporal_;
  PictureRing<bool> pictures_;  // passes?
};

}  // namespace stellwerk
