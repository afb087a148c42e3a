#pragma once

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/report_block.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 3550 §6.4.2 (PT=201).
//  |V=2|P|    RC   |   PT=RR=201   |             length            |
//  |                     SSRC of packet sender                     |
//  |                      RC report blocks                         |
struct ReceiverReport {
  Ssrc sender;
  ReportBlocks report_blocks;

  static Expected<ReceiverReport, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const ReceiverReport&, const ReceiverReport&) = default;
};

}  // namespace stellwerk
