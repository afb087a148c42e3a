#include "rtc/producer/encoding_layers.h"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr uint8_t kMaxTemporal = 8;

}  // namespace

void EncodingLayers::OnPacket(const PayloadInfo& info, DataSize size, Timestamp now) {
  const auto temporal = std::min<uint8_t>(info.temporal_layer.value(), kMaxTemporal - 1);
  rates_.OnPacket(temporal, size, now);
  if (info.resolution) resolution_ = *info.resolution;
}

void EncodingLayers::Describe(uint8_t encoding, bool active, Timestamp now,
                              std::vector<LayerOption>& options) {
  if (active) {
    latest_.clear();
    const uint64_t seen = rates_.Seen(now);
    for (uint8_t t = 0; t < kMaxTemporal; ++t) {
      if ((seen >> t & 1) == 0) continue;
      latest_.push_back({.layer = {.encoding = encoding, .temporal = TemporalLayer(t)},
                         .rate = rates_.RateOf((uint64_t{2} << t) - 1, now),
                         .resolution = resolution_});
    }
  }
  for (LayerOption option : latest_) {
    option.active = active;
    options.push_back(option);
  }
}

}  // namespace stellwerk
