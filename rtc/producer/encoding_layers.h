#pragma once

#include <cstdint>
#include <vector>

#include "rtc/base/layer.h"
#include "rtc/base/units.h"
#include "rtc/codec/payload_info.h"
#include "rtc/producer/layer_rates.h"

namespace stellwerk {

// Which layers one encoding consists of, and what each costs.
class EncodingLayers {
 public:
  void OnPacket(const PayloadInfo& info, DataSize size, Timestamp now);
  // Appends the layers, ascending. While the encoding is not `active`: what they were when it was.
  void Describe(uint8_t encoding, bool active, Timestamp now, std::vector<LayerOption>& options);

 private:
  LayerRates rates_;
  VideoResolution resolution_;
  std::vector<LayerOption> latest_;
};

}  // namespace stellwerk
