#include "rtc/rtcp/fir.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

Expected<Fir, DropReason> Fir::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  Fir fir;
  fir.sender = Ssrc(in.ReadU32());
  in.Skip(4);  // RFC 5104 §4.3.1.2: the media source is not used and SHALL be 0
  do {
    Entry entry;
    entry.media = Ssrc(in.ReadU32());
    entry.command = in.ReadU8();
    in.Skip(3);
    fir.entries.push_back(entry);
  } while (in.remaining() > 0);
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return fir;
}

void Fir::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kPayloadSpecificFeedback, kFormat);
  out.WriteU32(sender.value());
  out.WriteU32(0);
  for (const Entry& entry : entries) {
    out.WriteU32(entry.media.value());
    out.WriteU8(entry.command);
    out.WriteZeros(3);
  }
}

}  // namespace stellwerk
