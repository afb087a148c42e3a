#include "transport/srtp/srtp_index.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr uint64_t kHalf = uint64_t{1} << 15;
constexpr uint8_t kVersion2 = 2;
constexpr std::size_t kRtpHeaderSize = 12;

// Each packet is looked at twice, so this is no ByteReader: the bounds are checked once, before.
uint16_t U16At(std::span<const uint8_t> bytes, std::size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
uint32_t U32At(std::span<const uint8_t> bytes, std::size_t at) {
  return static_cast<uint32_t>(U16At(bytes, at)) << 16 | U16At(bytes, at + 2);
}

}  // namespace

std::optional<uint64_t> EstimateSrtpIndex(std::optional<uint64_t> newest, SeqNum sequence_number) {
  const uint64_t seq = sequence_number.value();
  if (!newest) return seq;
  const uint64_t newest_seq = *newest & 0xFFFF;
  uint64_t roc = *newest >> 16;
  if (newest_seq < kHalf && seq > newest_seq + kHalf) {
    if (roc == 0) return std::nullopt;
    --roc;
  } else if (newest_seq >= kHalf && seq < newest_seq - kHalf) {
    ++roc;
  }
  return roc << 16 | seq;
}

std::optional<uint32_t> SrtcpIndexOf(std::span<const uint8_t> packet, std::size_t tag_after_index) {
  if (packet.size() < tag_after_index + 4) return std::nullopt;
  ByteReader reader(packet.subspan(packet.size() - tag_after_index - 4, 4));
  return reader.ReadU32() & 0x7FFF'FFFF;  // without the E flag
}

std::optional<RtpIdentity> RtpIdentityOf(std::span<const uint8_t> packet) {
  if (packet.size() < kRtpHeaderSize || packet[0] >> 6 != kVersion2) return std::nullopt;
  return RtpIdentity{.ssrc = Ssrc(U32At(packet, 8)), .sequence_number = SeqNum(U16At(packet, 2))};
}

std::optional<std::size_t> RtpHeaderSizeOf(std::span<const uint8_t> packet) {
  if (packet.size() < kRtpHeaderSize) return std::nullopt;
  const std::size_t csrc_count = packet[0] & 0x0F;
  const bool has_extension = (packet[0] & 0x10) != 0;
  std::size_t size = kRtpHeaderSize + 4 * csrc_count;
  if (has_extension) {
    if (packet.size() < size + 4) return std::nullopt;
    size += 4 + std::size_t{4} * U16At(packet, size + 2);
  }
  if (packet.size() < size) return std::nullopt;
  return size;
}

std::optional<Ssrc> RtcpSenderOf(std::span<const uint8_t> packet) {
  ByteReader reader(packet);
  const uint8_t first = reader.ReadU8();
  reader.Skip(3);
  const Ssrc ssrc(reader.ReadU32());
  if (!reader.ok() || first >> 6 != kVersion2) return std::nullopt;
  return ssrc;
}

}  // namespace stellwerk
