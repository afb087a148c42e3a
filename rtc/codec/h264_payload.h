#pragma once

#include <cstdint>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"

namespace stellwerk {

// What can be told from an H.264 RTP payload (RFC 6184) without state: single NAL units, STAP-A and
// FU-A.
struct H264Payload {
  bool has_sps = false;
  bool has_pps = false;
  bool has_idr = false;  // the beginning of an IDR slice
  // Begins a picture, as far as the payload tells: an access unit delimiter, a parameter set, SEI,
  // or a slice whose first_mb_in_slice is 0. Several packets in a row may say so (SPS, then PPS,
  // then IDR); the first one counts.
  bool start_of_frame = false;

  static Expected<H264Payload, DropReason> Parse(std::span<const uint8_t> payload);
  // A decoder can start here. Parameter sets count: they precede the IDR picture and must not be
  // cut off.
  [[nodiscard]] bool IsKeyframe() const { return has_idr || has_sps; }
  friend bool operator==(const H264Payload&, const H264Payload&) = default;
};

}  // namespace stellwerk
