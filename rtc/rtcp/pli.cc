#include "rtc/rtcp/pli.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

Expected<Pli, DropReason> Pli::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  Pli pli;
  pli.sender = Ssrc(in.ReadU32());
  pli.media = Ssrc(in.ReadU32());
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return pli;
}

void Pli::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kPayloadSpecificFeedback, kFormat);
  out.WriteU32(sender.value());
  out.WriteU32(media.value());
}

}  // namespace stellwerk
