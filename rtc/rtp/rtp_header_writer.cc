#include "rtc/rtp/rtp_header_writer.h"

#include <algorithm>

#include "rtc/base/check.h"

namespace stellwerk {
namespace {

constexpr uint8_t kVersionBits = 2U << 6;
constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kExtensionBit = 0x10;
constexpr uint8_t kMarkerBit = 0x80;
constexpr uint16_t kOneByteProfile = 0xBEDE;
constexpr uint16_t kTwoByteProfile = 0x1000;
constexpr uint8_t kMaxOneByteId = 14;
constexpr std::size_t kMaxOneByteSize = 16;
constexpr std::size_t kMaxElementSize = 255;
constexpr std::size_t kFixedHeaderSize = 12;
constexpr std::size_t kBlockHeaderSize = 4;

constexpr std::size_t RoundUpToWord(std::size_t size) { return (size + 3) / 4 * 4; }

}  // namespace

void RtpHeaderWriter::AddCsrc(Ssrc source) {
  STELLWERK_CHECK(csrc_count_ < kMaxCsrcs);
  csrcs_[csrc_count_++] = source;
}

bool RtpHeaderWriter::AddExtension(ExtensionId id, std::span<const uint8_t> data) {
  const std::size_t at = data_size_;
  if (!Append(id, data.size())) return false;
  std::copy(data.begin(), data.end(), data_.begin() + static_cast<std::ptrdiff_t>(at));
  return true;
}

bool RtpHeaderWriter::ReserveExtension(ExtensionId id, std::size_t size) {
  const std::size_t at = data_size_;
  if (!Append(id, size)) return false;
  std::fill_n(data_.begin() + static_cast<std::ptrdiff_t>(at), size, uint8_t{0});
  return true;
}

bool RtpHeaderWriter::Append(ExtensionId id, std::size_t size) {
  if (id.value() == 0 || size > kMaxElementSize) return false;
  if (extension_count_ == kMaxExtensions || data_size_ + size > kMaxExtensionData) return false;
  for (std::size_t i = 0; i < extension_count_; ++i) {
    if (extensions_[i].id == id) return false;
  }
  extensions_[extension_count_++] = {
      .id = id, .size = static_cast<uint8_t>(size), .data = data_size_};
  data_size_ = static_cast<uint16_t>(data_size_ + size);
  return true;
}

bool RtpHeaderWriter::NeedsTwoByteForm() const {
  const auto elements = std::span(extensions_).first(extension_count_);
  return std::any_of(elements.begin(), elements.end(), [](const Element& element) {
    return element.id.value() > kMaxOneByteId || element.size == 0 ||
           element.size > kMaxOneByteSize;
  });
}

std::size_t RtpHeaderWriter::ElementsSize() const {
  const std::size_t element_header = NeedsTwoByteForm() ? 2 : 1;
  return data_size_ + element_header * extension_count_;
}

std::size_t RtpHeaderWriter::size() const {
  const std::size_t fixed = kFixedHeaderSize + std::size_t{4} * csrc_count_;
  if (extension_count_ == 0) return fixed;
  return fixed + kBlockHeaderSize + RoundUpToWord(ElementsSize());
}

void RtpHeaderWriter::WriteTo(ByteWriter& out) {
  const bool has_extensions = extension_count_ > 0;
  out.WriteU8(static_cast<uint8_t>(kVersionBits | (header_.padding ? kPaddingBit : 0) |
                                   (has_extensions ? kExtensionBit : 0) | csrc_count_));
  out.WriteU8(static_cast<uint8_t>((header_.marker ? kMarkerBit : 0) |
                                   (header_.payload_type.value() & 0x7F)));
  out.WriteU16(header_.sequence_number.value());
  out.WriteU32(header_.timestamp.value());
  out.WriteU32(header_.ssrc.value());
  for (std::size_t i = 0; i < csrc_count_; ++i) out.WriteU32(csrcs_[i].value());
  if (!has_extensions) return;

  const bool two_byte = NeedsTwoByteForm();
  const std::size_t elements_size = ElementsSize();
  const std::size_t padded_size = RoundUpToWord(elements_size);
  out.WriteU16(two_byte ? kTwoByteProfile : kOneByteProfile);
  out.WriteU16(static_cast<uint16_t>(padded_size / 4));
  for (std::size_t i = 0; i < extension_count_; ++i) {
    Element& element = extensions_[i];
    if (two_byte) {
      out.WriteU8(element.id.value());
      out.WriteU8(element.size);
    } else {
      out.WriteU8(static_cast<uint8_t>(element.id.value() << 4 | (element.size - 1)));
    }
    element.offset = static_cast<uint16_t>(out.size());
    out.WriteBytes(std::span(data_).subspan(element.data, element.size));
  }
  out.WriteZeros(padded_size - elements_size);
}

uint16_t RtpHeaderWriter::OffsetOf(ExtensionId id) const {
  for (std::size_t i = 0; i < extension_count_; ++i) {
    if (extensions_[i].id == id) return extensions_[i].offset;
  }
  return kNoOffset;
}

}  // namespace stellwerk
