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

}  // namespace stellwerk
