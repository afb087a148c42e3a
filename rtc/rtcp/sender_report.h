#pragma once

#include <cstddef>
#include <cstdint>

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/ntp_time.h"
#include "rtc/base/sequence_number.h"
#include "rtc/rtcp/report_block.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 3550 §6.4.1 (PT=200).
//  |V=2|P|    RC   |   PT=SR=200   |             length            |
//  |                         SSRC of sender                        |
//  |              NTP timestamp, 64 bits                           |
//  |                         RTP timestamp                         |
//  |                     sender's packet count                     |
//  |                      sender's octet count                     |
//  |                      RC report blocks                         |
struct SenderReport {
  Ssrc sender;
  NtpTime ntp_time;
  RtpTimestamp rtp_timestamp;
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;  // payload only
  ReportBlocks report_blocks;

  static Expected<SenderReport, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const SenderReport&, const SenderReport&) = default;
};

}  // namespace stellwerk
