#include "rtc/consumer/slot_header.h"

#include <algorithm>
#include <array>

#include "rtc/base/byte_writer.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "rtc/rtp/rtx.h"

namespace stellwerk {
namespace {

void AddSourceExtension(const SourceExtension& extension, ExtensionId id, const FrameNumbers& frame,
                        RtpHeaderWriter& header) {
  if (extension.extension != RtpExtension::kDependencyDescriptor) {
    header.AddExtension(id, extension.data);
    return;
  }
  std::array<uint8_t, 255> data;
  const std::size_t size = std::min(data.size(), extension.data.size());
  std::copy_n(extension.data.begin(), size, data.begin());
  FrameRewriter::PatchFrameNumber(std::span(data).first(size), frame);
  header.AddExtension(id, std::span(data).first(size));
}

}  // namespace

bool WriteSlotHeader(const SlotHeaderFields& fields, const Mid& mid,
                     const RtpExtensionIds& extensions, OutgoingRtp& out) {
  const bool is_filler = fields.packet == nullptr && !fields.original_sequence_number;
  RtpHeaderWriter header({.payload_type = fields.payload_type,
                          .marker = fields.marker,
                          .padding = is_filler,
                          .sequence_number = fields.seq,
                          .timestamp = fields.timestamp,
                          .ssrc = fields.ssrc});
  header.AddCsrc(Ssrc(fields.source.value()));
  const ExtensionId transport_cc = extensions.IdOf(RtpExtension::kTransportCc);
  const ExtensionId abs_send_time = extensions.IdOf(RtpExtension::kAbsSendTime);
  // The one says all that the other does.
  const bool with_send_time = transport_cc.value() == 0 && abs_send_time.value() != 0;
  header.ReserveExtension(transport_cc, kTransportSeqNumSize);
  if (with_send_time) header.ReserveExtension(abs_send_time, AbsSendTime::kSize);
  if (fields.with_mid) {
    header.AddExtension(extensions.IdOf(RtpExtension::kMid),
                        StreamIdentifierBytes(mid.view()).bytes());
  }
  if (fields.packet != nullptr) {
    for (const SourceExtension& extension : fields.packet->extensions()) {
      const ExtensionId id = extensions.IdOf(extension.extension);
      if (id.value() != 0) AddSourceExtension(extension, id, fields.frame, header);
    }
  }
  ByteWriter writer(out.prefix);
  header.WriteTo(writer);
  if (fields.original_sequence_number) {
    WriteOriginalSequenceNumber(writer, *fields.original_sequence_number);
  }
  std::size_t rewritten = 0;
  if (fields.packet != nullptr) {
    rewritten = FrameRewriter::WriteDescriptor(*fields.packet, fields.frame, writer);
    out.payload_packet = fields.packet->packet;
    out.payload_offset = static_cast<uint16_t>(fields.packet->payload_offset + rewritten);
    out.payload_size = static_cast<uint16_t>(fields.packet->payload_size - rewritten);
  }
  if (!writer.ok()) return false;
  out.prefix_size = static_cast<uint16_t>(writer.size());
  out.ssrc = fields.ssrc;
  out.marker = fields.marker;
  out.padding = is_filler ? 1 : 0;
  out.transport_cc_offset = header.OffsetOf(transport_cc);
  out.abs_send_time_offset =
      with_send_time ? header.OffsetOf(abs_send_time) : OutgoingRtp::kNoOffset;
  return true;
}

}  // namespace stellwerk
