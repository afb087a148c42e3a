#include "rtc/rtp/rtp_packet_view.h"

#include "rtc/base/byte_reader.h"
#include "rtc/base/check.h"

namespace stellwerk {
namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kExtensionBit = 0x10;
// RFC 8285 §4.2 and §4.3; the lower four bits of the latter are for the application.
constexpr uint16_t kOneByteProfile = 0xBEDE;
constexpr uint16_t kTwoByteProfile = 0x1000;
constexpr uint16_t kTwoByteProfileMask = 0xFFF0;
constexpr uint8_t kReservedOneByteId = 15;

}  // namespace

Expected<RtpPacketView, DropReason> RtpPacketView::Parse(std::span<const uint8_t> packet) {
  auto view = ParseProtected(packet);
  if (view && view->has_padding()) {
    // RFC 3550 §5.1: the last byte counts the padding, itself included.
    const std::size_t remaining = packet.size() - view->header_size_;
    if (remaining == 0) return Unexpected(DropReason::kMalformed);
    view->padding_size_ = packet.back();
    if (view->padding_size_ == 0 || view->padding_size_ > remaining) {
      return Unexpected(DropReason::kMalformed);
    }
  }
  return view;
}

Expected<RtpPacketView, DropReason> RtpPacketView::ParseProtected(std::span<const uint8_t> packet) {
  RtpPacketView view;
  view.packet_ = packet;
  ByteReader in(packet);
  const uint8_t first = in.ReadU8();
  in.Skip(1);  // marker and payload type
  view.sequence_number_ = SeqNum(in.ReadU16());
  view.timestamp_ = RtpTimestamp(in.ReadU32());
  view.ssrc_ = Ssrc(in.ReadU32());
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  if (first >> 6 != kVersion) return Unexpected(DropReason::kMalformed);
  in.Skip(std::size_t{4} * (first & 0x0F));
  if ((first & kExtensionBit) != 0) {
    const uint16_t profile = in.ReadU16();
    const std::size_t size = std::size_t{4} * in.ReadU16();
    view.extensions_ = in.ReadBytes(size);
    if (profile == kOneByteProfile) {
      view.form_ = ExtensionForm::kOneByte;
    } else if ((profile & kTwoByteProfileMask) == kTwoByteProfile) {
      view.form_ = ExtensionForm::kTwoByte;
    }
  }
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  view.header_size_ = static_cast<uint32_t>(in.offset());
  return view;
}

Ssrc RtpPacketView::csrc(std::size_t index) const {
  STELLWERK_CHECK(index < csrc_count());
  ByteReader in(packet_.subspan(kFixedHeaderSize + 4 * index));
  return Ssrc(in.ReadU32());
}

std::optional<RtpPacketView::Element> RtpPacketView::NextExtension(std::size_t& cursor) const {
  if (form_ == ExtensionForm::kNone) return std::nullopt;
  while (cursor < extensions_.size()) {
    ByteReader in(extensions_.subspan(cursor));
    const uint8_t head = in.ReadU8();
    if (head == 0) {  // RFC 8285 §4.1.1: a byte of padding
      ++cursor;
      continue;
    }
    uint8_t id = head;
    std::size_t size = 0;
    if (form_ == ExtensionForm::kOneByte) {
      id = head >> 4;
      size = (head & 0x0FU) + 1;
      // RFC 8285 §4.2: both 0 with a length and 15 end the processing of the block.
      if (id == 0 || id == kReservedOneByteId) return std::nullopt;
    } else {
      size = in.ReadU8();
    }
    const auto data = in.ReadBytes(size);
    if (!in.ok()) return std::nullopt;
    cursor += in.offset();
    return Element{ExtensionId(id), data};
  }
  return std::nullopt;
}

std::optional<std::span<const uint8_t>> RtpPacketView::FindExtension(ExtensionId id) const {
  // Id 0 means "not negotiated" and must not find padding.
  if (id.value() == 0) return std::nullopt;
  std::size_t cursor = 0;
  while (const auto element = NextExtension(cursor)) {
    if (element->id == id) return element->data;
  }
  return std::nullopt;
}

}  // namespace stellwerk
