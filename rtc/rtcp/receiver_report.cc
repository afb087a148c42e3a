#include "rtc/rtcp/receiver_report.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

Expected<ReceiverReport, DropReason> ReceiverReport::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  ReceiverReport report;
  report.sender = Ssrc(in.ReadU32());
  for (int i = 0; i < packet.count && in.ok(); ++i) {
    report.report_blocks.push_back(ReportBlock::ReadFrom(in));
  }
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return report;
}

void ReceiverReport::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kReceiverReport, report_blocks.size());
  out.WriteU32(sender.value());
  for (const ReportBlock& block : report_blocks) block.SerializeTo(out);
}

}  // namespace stellwerk
