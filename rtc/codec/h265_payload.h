#pragma once

#include <cstdint>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"

namespace stellwerk {

// What can be told from an H.265 RTP payload (RFC 7798) without state: single NAL units, AP and FU.
struct H265Payload {
  bool has_parameter_set = false;  // VPS, SPS or PPS
  bool has_irap = false;           // the beginning of a slice of an intra random access picture
  bool start_of_frame = false;     // see H264Payload
  TemporalLayer temporal_layer;    // nuh_temporal_id_plus1 - 1

  static Expected<H265Payload, DropReason> Parse(std::span<const uint8_t> payload);
  [[nodiscard]] bool IsKeyframe() const { return has_irap || has_parameter_set; }
  friend bool operator==(const H265Payload&, const H265Payload&) = default;
};

}  // namespace stellwerk
