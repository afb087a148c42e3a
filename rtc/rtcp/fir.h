#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 5104 §4.3.1 (PSFB, FMT=4). The media source of the common header is unused, the targets are
// in the entries.
//  |                              SSRC                             |
//  | Seq nr.       |    Reserved                                   |
struct Fir {
  static constexpr uint8_t kFormat = 4;

  struct Entry {
    Ssrc media;
    uint8_t command = 0;  // increases with each new request, stays when one is repeated
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  Ssrc sender;
  absl::InlinedVector<Entry, 2> entries;

  static Expected<Fir, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const Fir&, const Fir&) = default;
};

}  // namespace stellwerk
