#include <algorithm>
#include <span>

#include "rtc/producer/producer.h"

namespace stellwerk {
namespace {

constexpr TimeDelta kRefresh = std::chrono::milliseconds(100);

}  // namespace

std::span<const LayerOption> Producer::LayerOptions(Timestamp now) {
  if (is_audio()) return {};
  if (now < layer_options_until_) return layer_options_;
  layer_options_until_ = now + kRefresh;
  layer_options_.clear();
  const uint32_t active = ActiveEncodings(now);
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const bool is_active = (active >> i & 1) != 0;
    streams_[i].layers.Describe(static_cast<uint8_t>(i), is_active, now, layer_options_);
  }
  return layer_options_;
}

void Producer::NoteAllocation(const RtpPacketView& view, uint8_t encoding) {
  const ExtensionId id = parameters_.extensions.IdOf(RtpExtension::kVideoLayersAllocation);
  if (id.value() == 0) return;
  const auto data = view.FindExtension(id);
  if (!data) return;
  const auto allocation = VideoLayersAllocation::Parse(*data);
  if (!allocation) return;
  announced_encodings_[allocation->stream] = encoding;
  for (ReceiveStream& stream : streams_) stream.layers.ForgetAnnounced();
  for (const auto& layer : allocation->layers()) {
    const uint8_t announced = announced_encodings_[layer.stream];
    if (announced < streams_.size()) streams_[announced].layers.OnAnnounced(layer);
  }
}

uint8_t Producer::score(Timestamp now) const {
  uint8_t worst = 10;
  const uint32_t active = ActiveEncodings(now);
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if ((active >> i & 1) != 0) worst = std::min(worst, streams_[i].score.score());
  }
  return worst;
}

}  // namespace stellwerk
