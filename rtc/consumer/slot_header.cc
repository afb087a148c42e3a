#include "rtc/consumer/slot_header.h"

#include <algorithm>
#include <array>

#include "rtc/base/byte_writer.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/consumer/one_byte_extensions.h"
#include "rtc/rtp/header_extensions/abs_capture_time.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "rtc/rtp/rtx.h"

namespace stellwerk {
namespace {

void AddDependencyDescriptor(std::span<const uint8_t> data, ExtensionId id,
                             const FrameNumbers& frame, auto& header) {
  DependencyDescriptorChanges changes{.frame_number = frame.frame_number};
  if (frame.active_target_count != 0) {
    changes.active_targets = frame.active_targets;
    changes.active_target_count = frame.active_target_count;
  }
  std::array<uint8_t, 255> rewritten;
  const std::size_t size = RewriteDependencyDescriptor(data, changes, rewritten);
  if (size > 0) header.AddExtension(id, std::span(rewritten).first(size));
}

void AddCaptureTime(const AbsCaptureTime& time, ExtensionId id, auto& header) {
  std::array<uint8_t, AbsCaptureTime::kLongSize> data;
  ByteWriter writer(data);
  time.SerializeTo(writer);
  header.AddExtension(id, writer.written());
}

void AddSourceExtensions(const SlotHeaderFields& fields, const RtpExtensionIds& extensions,
                         auto& header) {
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

// The fixed header, the CSRC and the extensions by RtpHeaderWriter, in whatever form they need.
std::size_t WriteAnyHeader(const SlotHeaderFields& fields, const Mid& mid,
                           const RtpExtensionIds& extensions, bool is_filler, bool with_send_time,
                           OutgoingRtp& out) {
  RtpHeaderWriter header({.payload_type = fields.payload_type,
                          .marker = fields.marker,
                          .padding = is_filler,
                          .sequence_number = fields.seq,
                          .timestamp = fields.timestamp,
                          .ssrc = fields.ssrc});
  header.AddCsrc(Ssrc(fields.source.value()));
  const ExtensionId transport_cc = extensions.IdOf(RtpExtension::kTransportCc);
  const ExtensionId abs_send_time = extensions.IdOf(RtpExtension::kAbsSendTime);
  header.ReserveExtension(transport_cc, kTransportSeqNumSize);
  if (with_send_time) header.ReserveExtension(abs_send_time, AbsSendTime::kSize);
  if (fields.with_mid) {
    header.AddExtension(extensions.IdOf(RtpExtension::kMid),
                        StreamIdentifierBytes(mid.view()).bytes());
  }
  if (fields.packet != nullptr) AddSourceExtensions(fields, extensions, header);
  ByteWriter writer(out.prefix);
  header.WriteTo(writer);
  out.transport_cc_offset = header.OffsetOf(transport_cc);
  out.abs_send_time_offset =
      with_send_time ? header.OffsetOf(abs_send_time) : OutgoingRtp::kNoOffset;
  return writer.ok() ? writer.size() : 0;
}

// The same where all extensions have the one-byte form, at a fraction of the price; 0 if they have
// not.
std::size_t WriteOneByteHeader(const SlotHeaderFields& fields, const Mid& mid,
                               const RtpExtensionIds& extensions, bool is_filler,
                               bool with_send_time, OutgoingRtp& out) {
  constexpr std::size_t kFixed = 12 + 4;
  OneByteExtensions block(std::span(out.prefix).subspan(kFixed));
  const auto offset = [](uint16_t in_block) {
    return in_block == OutgoingRtp::kNoOffset ? OutgoingRtp::kNoOffset
                                              : static_cast<uint16_t>(kFixed + in_block);
  };
  out.transport_cc_offset = offset(
      block.ReserveExtension(extensions.IdOf(RtpExtension::kTransportCc), kTransportSeqNumSize));
  out.abs_send_time_offset = OutgoingRtp::kNoOffset;
  if (with_send_time) {
    out.abs_send_time_offset = offset(
        block.ReserveExtension(extensions.IdOf(RtpExtension::kAbsSendTime), AbsSendTime::kSize));
  }
  if (fields.with_mid) {
    block.AddExtension(extensions.IdOf(RtpExtension::kMid),
                       StreamIdentifierBytes(mid.view()).bytes());
  }
  if (fields.packet != nullptr) AddSourceExtensions(fields, extensions, block);
  if (!block.ok()) return 0;
  const std::size_t size = block.Finish();
  ByteWriter writer(out.prefix);
  // RFC 3550 §5.1: version 2, padding, extension, one CSRC.
  writer.WriteU8(static_cast<uint8_t>(0x81 | (is_filler ? 0x20 : 0) | (size > 0 ? 0x10 : 0)));
  writer.WriteU8(
      static_cast<uint8_t>((fields.marker ? 0x80 : 0) | (fields.payload_type.value() & 0x7F)));
  writer.WriteU16(fields.seq.value());
  writer.WriteU32(fields.timestamp.value());
  writer.WriteU32(fields.ssrc.value());
  writer.WriteU32(fields.source.value());
  return kFixed + size;
}

std::size_t WriteHeader(const SlotHeaderFields& fields, const Mid& mid,
                        const RtpExtensionIds& extensions, bool is_filler, OutgoingRtp& out) {
  // Transport-cc says all that the send time does.
  const bool with_send_time =
      !extensions.Has(RtpExtension::kTransportCc) && extensions.Has(RtpExtension::kAbsSendTime);
  const std::size_t size =
      WriteOneByteHeader(fields, mid, extensions, is_filler, with_send_time, out);
  if (size > 0) return size;
  return WriteAnyHeader(fields, mid, extensions, is_filler, with_send_time, out);
}

bool HasExtensionOf(const SourcePacket& packet, const RtpExtensionIds& extensions) {
  const auto carried = packet.extensions();
  return std::any_of(carried.begin(), carried.end(), [&](const SourceExtension& extension) {
    return extensions.Has(extension.extension);
  });
}

}  // namespace

bool SlotHeader::TemplateFits(const SlotHeaderFields& fields) const {
  return template_.size > 0 && fields.payload_type == template_.payload_type &&
         fields.source == template_.source && fields.with_mid == template_.with_mid;
}

std::size_t SlotHeader::WriteFromTemplate(const SlotHeaderFields& fields, OutgoingRtp& out) const {
  std::copy(template_.bytes.begin(), template_.bytes.end(), out.prefix.begin());
  ByteWriter writer(std::span(out.prefix).subspan(1));
  writer.WriteU8(
      static_cast<uint8_t>((fields.marker ? 0x80 : 0) | (fields.payload_type.value() & 0x7F)));
  writer.WriteU16(fields.seq.value());
  writer.WriteU32(fields.timestamp.value());
  out.transport_cc_offset = template_.transport_cc_offset;
  out.abs_send_time_offset = template_.abs_send_time_offset;
  return template_.size;
}

void SlotHeader::KeepAsTemplate(const SlotHeaderFields& fields, std::size_t size,
                                const OutgoingRtp& out) {
  template_.size = 0;
  if (size > Template::kMaxSize) return;
  std::copy_n(out.prefix.begin(), size, template_.bytes.begin());
  template_.size = static_cast<uint8_t>(size);
  template_.with_mid = fields.with_mid;
  template_.payload_type = fields.payload_type;
  template_.source = fields.source;
  template_.transport_cc_offset = out.transport_cc_offset;
  template_.abs_send_time_offset = out.abs_send_time_offset;
}

bool SlotHeader::Write(const SlotHeaderFields& fields, const Mid& mid,
                       const RtpExtensionIds& extensions, OutgoingRtp& out) {
  const bool is_filler = fields.packet == nullptr && !fields.original_sequence_number;
  const bool is_plain = fields.packet != nullptr && !fields.original_sequence_number &&
                        !HasExtensionOf(*fields.packet, extensions);
  std::size_t size = 0;
  if (is_plain && TemplateFits(fields)) {
    size = WriteFromTemplate(fields, out);
  } else {
    size = WriteHeader(fields, mid, extensions, is_filler, out);
    if (size == 0) return false;
    if (is_plain) KeepAsTemplate(fields, size, out);
  }
  ByteWriter writer(std::span(out.prefix).subspan(size));
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
  out.prefix_size = static_cast<uint16_t>(size + writer.size());
  out.ssrc = fields.ssrc;
  out.marker = fields.marker;
  out.padding = is_filler ? 1 : 0;
  return true;
}

}  // namespace stellwerk
