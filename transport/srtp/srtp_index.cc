#include "transport/srtp/srtp_index.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr uint64_t kHalf = uint64_t{1} << 15;
constexpr uint8_t kVersion2 = 2;

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
  ByteReader reader(packet);
  const uint8_t first = reader.ReadU8();
  reader.Skip(1);
  const SeqNum sequence_number(reader.ReadU16());
  reader.Skip(4);
  const Ssrc ssrc(reader.ReadU32());
  if (!reader.ok() || first >> 6 != kVersion2) return std::nullopt;
  return RtpIdentity{.ssrc = ssrc, .sequence_number = sequence_number};
}

std::optional<std::size_t> RtpHeaderSizeOf(std::span<const uint8_t> packet) {
  ByteReader reader(packet);
  const uint8_t first = reader.ReadU8();
  const std::size_t csrc_count = first & 0x0F;
  const bool has_extension = (first & 0x10) != 0;
  reader.Skip(11 + 4 * csrc_count);
  if (has_extension) {
    reader.Skip(2);
    reader.Skip(std::size_t{4} * reader.ReadU16());
  }
  if (!reader.ok()) return std::nullopt;
  return reader.offset();
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
