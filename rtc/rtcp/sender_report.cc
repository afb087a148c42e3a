#include "rtc/rtcp/sender_report.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

Expected<SenderReport, DropReason> SenderReport::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  SenderReport report;
  report.sender = Ssrc(in.ReadU32());
  report.ntp_time = NtpTime(in.ReadU64());
  report.rtp_timestamp = RtpTimestamp(in.ReadU32());
  report.packet_count = in.ReadU32();
  report.octet_count = in.ReadU32();
  for (int i = 0; i < packet.count && in.ok(); ++i) {
    report.report_blocks.push_back(ReportBlock::ReadFrom(in));
  }
  // RFC 3550 §6.4.1: profile-specific extensions may follow; they are ignored.
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return report;
}

void SenderReport::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kSenderReport, report_blocks.size());
  out.WriteU32(sender.value());
  out.WriteU64(ntp_time.value());
  out.WriteU32(rtp_timestamp.value());
  out.WriteU32(packet_count);
  out.WriteU32(octet_count);
  for (const ReportBlock& block : report_blocks) block.SerializeTo(out);
}

}  // namespace stellwerk
