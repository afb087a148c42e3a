#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// draft-alvestrand-rmcat-remb-03 §2.2 (PSFB, FMT=15 "application layer feedback"): the receiver's
// estimate of the most that all of `streams` together should send.
//  |  Unique identifier 'R' 'E' 'M' 'B'                            |
//  |  Num SSRC     | BR Exp    |  BR Mantissa (18 bits)            |
//  |   SSRC feedback, Num SSRC of them                             |
struct Remb {
  static constexpr uint8_t kFormat = 15;

  Ssrc sender;
  DataRate bitrate;                      // written with 18 significant bits, rounded down
  absl::InlinedVector<Ssrc, 4> streams;  // at most 255

  // kUnsupported if it is another application layer feedback.
  static Expected<Remb, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const Remb&, const Remb&) = default;
};

}  // namespace stellwerk
