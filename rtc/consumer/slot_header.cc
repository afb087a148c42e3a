#include "rtc/consumer/slot_header.h"

#include <algorithm>
#include <array>

#include "rtc/base/byte_writer.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/rtp/header_extensions/abs_capture_time.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "rtc/rtp/rtx.h"

namespace stellwerk {
namespace {

void AddDependencyDescriptor(std::span<const uint8_t> data, ExtensionId id,
                             const FrameNumbers& frame, RtpHeaderWriter& header) {
  DependencyDescriptorChanges changes{.frame_number = frame.frame_number};
  if (frame.active_target_count != 0) {
    changes.active_targets = frame.active_targets;
    changes.active_target_count = frame.active_target_count;
  }
  std::array<uint8_t, 255> rewritten;
  const std::size_t size = RewriteDependencyDescriptor(data, changes, rewritten);
  if (size > 0) header.AddExtension(id, std::span(rewritten).first(size));
}

void AddCaptureTime(const AbsCaptureTime& time, ExtensionId id, RtpHeaderWriter& header) {
  std::array<uint8_t, AbsCaptureTime::kLongSize> data;
  ByteWriter writer(data);
  time.SerializeTo(writer);
  header.AddExtension(id, writer.written());
}

void AddSourceExtensions(const SlotHeaderFields& fields, const RtpExtensionIds& extensions,
                         RtpHeaderWriter& header) {
  for (const SourceExtension& extension : fields.packet->extensions()) {
    const ExtensionId id = extensions.IdOf(extension.extension);
    if (id.value() == 0) continue;
    if (extension.extension == RtpExtension::kDependencyDescriptor) {
      AddDependencyDescriptor(extension.data, id, fields.frame, header);
    } else if (extension.extension == RtpExtension::kAbsCaptureTime) {
      if (fields.packet->capture_time) AddCaptureTime(*fields.packet->capture_time, id, header);
    } else {
      header.AddExtension(id, extension.data);
    }
  }
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
  if (fields.packet != nullptr) AddSourceExtensions(fields, extensions, header);
  ByteWriter writer(out.prefix);
  header.WriteTo(writer);
  if (fields.original_sequence_number) {
    WriteOriginalSequenceNumber(writer, *fields.original_sequence_number);
  }
  std::size_t rewritten = 0;
  if (fields.packet != nullptr) {
    if (fields.rewrites_payload) {
      rewritten = FrameRewriter::WriteDescriptor(*fields.packet, fields.frame, writer);
    }
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
