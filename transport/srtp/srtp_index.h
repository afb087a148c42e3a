#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/network_order.h"
#include "rtc/base/sequence_number.h"

// What SRTP reads of packets, protected or not. Inline, because every packet is read twice: by who
// keeps the indices and by who encrypts.
namespace stellwerk {

// RFC 3711 §3.3.1 and Appendix A: the 48-bit index that `sequence_number` most likely stands for,
// given the highest index so far (nullopt: none, the roll-over counter starts at zero). nullopt: it
// would lie before index zero.
inline std::optional<uint64_t> EstimateSrtpIndex(std::optional<uint64_t> newest,
                                                 SeqNum sequence_number) {
  constexpr uint64_t kHalf = uint64_t{1} << 15;
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

// RFC 3711 §3.4: the 31-bit index in the trailer of a protected RTCP packet, whose last bytes are
// the index and then `tag_after_index` bytes of authentication tag. nullopt: too short.
inline std::optional<uint32_t> SrtcpIndexOf(std::span<const uint8_t> packet,
                                            std::size_t tag_after_index) {
  if (packet.size() < tag_after_index + 4) return std::nullopt;
  // Without the E flag.
  return LoadWord<uint32_t>(packet, packet.size() - tag_after_index - 4) & 0x7FFF'FFFF;
}

inline constexpr std::size_t kRtpFixedHeader = 12;  // RFC 3550 §5.1
inline constexpr uint8_t kRtpVersion = 2;

// The fields that SRTP needs of a packet, which may be protected. nullopt: too short, or not
// version 2.
struct RtpIdentity {
  Ssrc ssrc;
  SeqNum sequence_number;
};
inline std::optional<RtpIdentity> RtpIdentityOf(std::span<const uint8_t> packet) {
  if (packet.size() < kRtpFixedHeader || packet[0] >> 6 != kRtpVersion) return std::nullopt;
  return RtpIdentity{.ssrc = Ssrc(LoadWord<uint32_t>(packet, 8)),
                     .sequence_number = SeqNum(LoadWord<uint16_t>(packet, 2))};
}

// RFC 3550 §5.1 and §5.3.1: the fixed header, CSRCs and the header extension, which SRTP leaves in
// the clear. nullopt: the packet ends before.
inline std::optional<std::size_t> RtpHeaderSizeOf(std::span<const uint8_t> packet) {
  if (packet.size() < kRtpFixedHeader) return std::nullopt;
  const std::size_t csrc_count = packet[0] & 0x0F;
  const bool has_extension = (packet[0] & 0x10) != 0;
  std::size_t size = kRtpFixedHeader + 4 * csrc_count;
  if (has_extension) {
    if (packet.size() < size + 4) return std::nullopt;
    size += 4 + std::size_t{4} * LoadWord<uint16_t>(packet, size + 2);
  }
  if (packet.size() < size) return std::nullopt;
  return size;
}

// RFC 3550 §6.4: the sender's SSRC of the first packet of a compound. nullopt: too short, or not
// version 2.
inline std::optional<Ssrc> RtcpSenderOf(std::span<const uint8_t> packet) {
  if (packet.size() < 8 || packet[0] >> 6 != kRtpVersion) return std::nullopt;
  return Ssrc(LoadWord<uint32_t>(packet, 4));
}

}  // namespace stellwerk
