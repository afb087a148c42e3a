#include "bench/synthetic/transport_sender.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "bench/synthetic/payload_mark.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"

namespace stellwerk::synthetic {

std::size_t TransportSender::SendRtp(RtpHeaderWriter& header, const RtpExtensionIds& extensions,
                                     const RtpOrigin& origin, std::span<const uint8_t> first,
                                     std::span<const uint8_t> second, Timestamp now,
                                     TransportOutbox& out) {
  if (rate_) return SendPaced(header, extensions, origin, first, second, now, out);
  if (extensions.Has(RtpExtension::kTransportCc)) {
    const auto number = SerializeTransportSeqNum(TransportSeqNum(next_transport_seq_++));
    header.AddExtension(extensions.IdOf(RtpExtension::kTransportCc), number);
  }
  const auto send_time = AbsSendTime::From(now).Serialize();
  header.AddExtension(extensions.IdOf(RtpExtension::kAbsSendTime), send_time);
  const std::size_t size = header.size() + first.size() + second.size();
  PacketRef packet = pool_.Allocate(size + Endpoint::kProtectionOverhead);
  ByteWriter writer(packet.mutable_buffer());
  header.WriteTo(writer);
  writer.WriteBytes(first);
  writer.WriteBytes(second);
  STELLWERK_CHECK(writer.ok());
  packet.set_size(writer.size());
  StampSent(now, packet.mutable_bytes().subspan(header.size()));
  endpoint_.SendRtp(id_, std::move(packet), out);
  return size;
}

// Number and send time are written when it goes.
std::size_t TransportSender::SendPaced(RtpHeaderWriter& header, const RtpExtensionIds& extensions,
                                       const RtpOrigin& origin, std::span<const uint8_t> first,
                                       std::span<const uint8_t> second, Timestamp now,
                                       TransportOutbox& out) {
  const ExtensionId number = extensions.IdOf(RtpExtension::kTransportCc);
  const ExtensionId send_time = extensions.IdOf(RtpExtension::kAbsSendTime);
  header.ReserveExtension(number, kTransportSeqNumSize);
  header.ReserveExtension(send_time, AbsSendTime::kSize);
  OutgoingRtp rtp;
  rtp.transport = id_;
  rtp.ssrc = origin.ssrc;
  rtp.media_class = origin.media_class;
  ByteWriter prefix(rtp.prefix);
  header.WriteTo(prefix);
  STELLWERK_CHECK(prefix.ok());
  rtp.prefix_size = static_cast<uint16_t>(prefix.size());
  rtp.transport_cc_offset = header.OffsetOf(number);
  rtp.abs_send_time_offset = header.OffsetOf(send_time);
  rtp.payload_packet = pool_.Allocate(first.size() + second.size());
  ByteWriter payload(rtp.payload_packet.mutable_buffer());
  payload.WriteBytes(first);
  payload.WriteBytes(second);
  STELLWERK_CHECK(payload.ok());
  rtp.payload_packet.set_size(payload.size());
  rtp.payload_size = static_cast<uint16_t>(payload.size());
  const std::size_t size = rtp.wire_size();
  Depart(rate_->Send(std::move(rtp), now), now, out);
  return size;
}

void TransportSender::Release(Timestamp now, TransportOutbox& out) {
  if (rate_) Depart(rate_->Release(now), now, out);
}

void TransportSender::Depart(std::span<OutgoingRtp> packets, Timestamp now, TransportOutbox& out) {
  for (OutgoingRtp& rtp : packets) {
    if (rtp.abs_send_time_offset != OutgoingRtp::kNoOffset) {
      const auto send_time = AbsSendTime::From(now).Serialize();
      std::copy(send_time.begin(), send_time.end(), rtp.prefix.begin() + rtp.abs_send_time_offset);
    }
    PacketRef packet = pool_.Allocate(rtp.wire_size() + Endpoint::kProtectionOverhead);
    ByteWriter writer(packet.mutable_buffer());
    writer.WriteBytes(rtp.prefix_bytes());
    writer.WriteBytes(rtp.payload());
    STELLWERK_CHECK(writer.ok());
    packet.set_size(writer.size());
    StampSent(now, packet.mutable_bytes().subspan(rtp.prefix_size));
    endpoint_.SendRtp(id_, std::move(packet), out);
  }
}

void TransportSender::SendRtcp(std::span<const RtcpMessage> messages, TransportOutbox& out) {
  const std::vector<uint8_t> bytes = SerializeRtcp(messages);
  if (!bytes.empty()) endpoint_.SendRtcp(id_, bytes, out);
}

}  // namespace stellwerk::synthetic
