#pragma once

#include <cstdint>

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 4585 §6.3.1 (PSFB, FMT=1): the sender can't decode `media` and wants a keyframe. No body
// beyond the SSRCs.
struct Pli {
  static constexpr uint8_t kFormat = 1;

  Ssrc sender;
  Ssrc media;

  static Expected<Pli, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const Pli&, const Pli&) = default;
};

}  // namespace stellwerk
