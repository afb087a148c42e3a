#include "rtc/rtcp/xr.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr std::size_t kDlrrItemSize = 12;

}  // namespace

Expected<Xr, DropReason> Xr::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  Xr xr;
  xr.sender = Ssrc(in.ReadU32());
  while (in.remaining() > 0) {
    const uint8_t type = in.ReadU8();
    in.Skip(1);
    const std::size_t size = std::size_t{4} * in.ReadU16();
    ByteReader block(in.ReadBytes(size));
    if (!in.ok()) break;
    if (type == kReceiverReferenceTimeBlock) {
      xr.receiver_reference_time = NtpTime(block.ReadU64());
      if (!block.ok()) return Unexpected(DropReason::kMalformed);
    } else if (type == kDlrrBlock) {
      while (block.remaining() >= kDlrrItemSize) {
        DlrrItem item;
        item.receiver = Ssrc(block.ReadU32());
        item.last_receiver_report = block.ReadU32();
        item.delay = block.ReadU32();
        xr.dlrr.push_back(item);
      }
    }
  }
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return xr;
}

void Xr::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kExtendedReport, 0);
  out.WriteU32(sender.value());
  if (receiver_reference_time.has_value()) {
    out.WriteU8(kReceiverReferenceTimeBlock);
    out.WriteU8(0);
    out.WriteU16(2);
    out.WriteU64(receiver_reference_time->value());
  }
  if (!dlrr.empty()) {
    out.WriteU8(kDlrrBlock);
    out.WriteU8(0);
    out.WriteU16(static_cast<uint16_t>(dlrr.size() * kDlrrItemSize / 4));
    for (const DlrrItem& item : dlrr) {
      out.WriteU32(item.receiver.value());
      out.WriteU32(item.last_receiver_report);
      out.WriteU32(item.delay);
    }
  }
}

}  // namespace stellwerk
