#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"

namespace stellwerk {

// What can be told from an AV1 RTP payload without state.
//
// AV1 RTP payload specification §4.4, the aggregation header:
//   0 1 2 3 4 5 6 7
//  |Z|Y| W |N|-|-|-|
struct Av1Payload {
  bool continues_obu = false;  // Z: the first OBU element is the rest of one from the packet before
  bool obu_continues = false;  // Y: the last OBU element goes on in the next packet
  bool new_sequence = false;   // N: the first packet of a coded video sequence
  bool has_sequence_header = false;
  // Of the first OBU that has an extension header.
  std::optional<TemporalLayer> temporal_layer;
  std::optional<SpatialLayer> spatial_layer;

  static Expected<Av1Payload, DropReason> Parse(std::span<const uint8_t> payload);
  [[nodiscard]] bool IsKeyframe() const {
    return !continues_obu && (new_sequence || has_sequence_header);
  }
  friend bool operator==(const Av1Payload&, const Av1Payload&) = default;
};

}  // namespace stellwerk
