#pragma once

#include <string>

#include "absl/container/inlined_vector.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 3550 §6.6 (PT=203).
//  |V=2|P|    SC   |   PT=BYE=203  |             length            |
//  |                           SSRC/CSRC, SC of them               |
//  |     length    |  reason for leaving (optional)              ...
struct Bye {
  absl::InlinedVector<Ssrc, 4> sources;  // at most 31
  std::string reason;                    // at most 255 bytes

  static Expected<Bye, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const Bye&, const Bye&) = default;
};

}  // namespace stellwerk
