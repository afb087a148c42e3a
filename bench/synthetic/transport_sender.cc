#include "bench/synthetic/transport_sender.h"

#include <utility>
#include <vector>

#include "bench/synthetic/payload_mark.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"

namespace stellwerk::synthetic {

std::size_t TransportSender::SendRtp(RtpHeaderWriter& header, const RtpExtensionIds& extensions,
                                     std::span<const uint8_t> first,
                                     std::span<const uint8_t> second, Timestamp now,
                                     TransportOutbox& out) {
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

void TransportSender::SendRtcp(std::span<const RtcpMessage> messages, TransportOutbox& out) {
  const std::vector<uint8_t> bytes = SerializeRtcp(messages);
  if (!bytes.empty()) endpoint_.SendRtcp(id_, bytes, out);
}

}  // namespace stellwerk::synthetic
