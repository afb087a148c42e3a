#include "rtc/consumer/vp8_layer_filter.h"

#include <algorithm>

namespace stellwerk {

void Vp8LayerFilter::StartRun(const SourcePacket& first) {
  pictures_.Clear();
  newest_ = first.timestamp - 1;
  temporal_.Start();
}

LayerVerdict Vp8LayerFilter::OnPacket(const SourcePacket& packet) {
  const auto& descriptor = std::get<Vp8Descriptor>(packet.info.descriptor);
  if (!descriptor.temporal_layer) return {};
  if (packet.timestamp <= newest_) {
    if (const bool* passes = pictures_.Find(packet.timestamp)) return {.pass = *passes};
  }
  const TemporalLayer layer = *descriptor.temporal_layer;
  bool passes = false;
  if (packet.timestamp > newest_) {
    newest_ = packet.timestamp;
    if (packet.info.is_keyframe) temporal_.Start();
    passes = temporal_.OnFrame(layer, descriptor.layer_sync);
  } else {
    // A picture id was kept for it, and receivers wait for what seems to be missing: it passes if
    // it can be decoded, though its layer may not be wanted.
    passes = descriptor.layer_sync || temporal_.CouldDecode(layer);
  }
  return {.pass = pictures_.Add(packet.timestamp, passes)};
}

}  // namespace stellwerk
