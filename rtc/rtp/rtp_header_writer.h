#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/byte_writer.h"
#include "rtc/base/ids.h"
#include "rtc/base/sequence_number.h"

namespace stellwerk {

// The fixed fields of an RTP header (RFC 3550 §5.1).
struct RtpHeader {
  PayloadType payload_type;
  bool marker = false;
  bool padding = false;  // the P bit; whoever sets it appends the padding
  SeqNum sequence_number;
  RtpTimestamp timestamp;
  Ssrc ssrc;
};

// Builds an RTP header with CSRCs and extensions. Lives on the stack, allocates nothing.
//
//   RtpHeaderWriter header(fields);
//   header.AddCsrc(source);
//   header.AddExtension(mid_id, mid_bytes);
//   header.ReserveExtension(transport_cc_id, 2);
//   header.WriteTo(writer);
//   prefix.transport_cc_offset = header.OffsetOf(transport_cc_id);
class RtpHeaderWriter {
 public:
  static constexpr std::size_t kMaxCsrcs = 15;
  static constexpr std::size_t kMaxExtensions = 16;
  // Bytes of data of all extensions together.
  static constexpr std::size_t kMaxExtensionData = 320;
  // What OffsetOf says of an extension that is not there.
  static constexpr uint16_t kNoOffset = 0;

  explicit RtpHeaderWriter(const RtpHeader& header) : header_(header) {}

  // At most kMaxCsrcs; more are a bug of the caller.
  void AddCsrc(Ssrc source);
  // Copies `data` (at most 255 bytes). Id 0 means "not negotiated" and adds nothing, so a caller
  // need not ask. False, and nothing added, if it is one too many, too large, or a second one of
  // the same id.
  bool AddExtension(ExtensionId id, std::span<const uint8_t> data);
  // The same with `size` zero bytes, to be patched later.
  bool ReserveExtension(ExtensionId id, std::size_t size);

  // Bytes that WriteTo will write.
  [[nodiscard]] std::size_t size() const;
  // One-byte elements if every id is at most 14 and every length 1..16, else two-byte ones (RFC
  // 8285 §4.1). Whether it fitted is out.ok().
  void WriteTo(ByteWriter& out);
  // Where the data of extension `id` was written, counted from the start of the ByteWriter's range;
  // after WriteTo.
  [[nodiscard]] uint16_t OffsetOf(ExtensionId id) const;

 private:
  struct Element {
    ExtensionId id;
    uint8_t size = 0;
    uint16_t data = 0;  // into data_
    uint16_t offset = kNoOffset;
  };
  [[nodiscard]] bool NeedsTwoByteForm() const;
  [[nodiscard]] std::size_t ElementsSize() const;
  // The place for `size` bytes of data of a new element; empty if there is none.
  bool Append(ExtensionId id, std::size_t size);

  RtpHeader header_;
  uint8_t csrc_count_ = 0;
  uint8_t extension_count_ = 0;
  uint16_t data_size_ = 0;
  std::array<Ssrc, kMaxCsrcs> csrcs_;
  std::array<Element, kMaxExtensions> extensions_;
  // Left uninitialised on purpose: only data_size_ bytes of it mean anything.
  std::array<uint8_t, kMaxExtensionData> data_;
};

}  // namespace stellwerk
