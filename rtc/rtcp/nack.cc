#include "rtc/rtcp/nack.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

Nack Nack::For(Ssrc sender, Ssrc media, std::span<const SeqNum> lost) {
  Nack nack{.sender = sender, .media = media, .items = {}};
  for (const SeqNum number : lost) {
    const int distance = nack.items.empty() ? 0 : number - nack.items.back().first;
    if (distance >= 1 && distance <= 16) {
      Item& item = nack.items.back();
      item.following = static_cast<uint16_t>(item.following | 1U << (distance - 1));
    } else {
      nack.items.push_back({.first = number});
    }
  }
  return nack;
}

Expected<Nack, DropReason> Nack::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  Nack nack;
  nack.sender = Ssrc(in.ReadU32());
  nack.media = Ssrc(in.ReadU32());
  do {
    Item item;
    item.first = SeqNum(in.ReadU16());
    item.following = in.ReadU16();
    nack.items.push_back(item);
  } while (in.remaining() > 0);
  // RFC 4585 §6.2.1: at least one item.
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return nack;
}

void Nack::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kTransportLayerFeedback, kFormat);
  out.WriteU32(sender.value());
  out.WriteU32(media.value());
  for (const Item& item : items) {
    out.WriteU16(item.first.value());
    out.WriteU16(item.following);
  }
}

}  // namespace stellwerk
