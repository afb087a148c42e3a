#pragma once

#include <cstdint>
#include <span>

namespace stellwerk {

enum class PacketKind : uint8_t { kUnknown, kStun, kDtls, kRtp, kRtcp };

// RFC 7983 §7: by the first byte. RTP and RTCP share theirs; RFC 5761 §4 tells them apart by the
// second: RTCP packet types are 192..223, which RTP avoids by not using the payload types 64..95.
//
//              +----------------+
//              |        [0..3] -+--> STUN
//              |      [20..63] -+--> DTLS
//              |    [128..191] -+--> RTP/RTCP
//              +----------------+
[[nodiscard]] constexpr PacketKind ClassifyPacket(std::span<const uint8_t> packet) {
  if (packet.size() < 2) return PacketKind::kUnknown;
  const uint8_t first = packet[0];
  if (first <= 3) return PacketKind::kStun;
  if (first >= 20 && first <= 63) return PacketKind::kDtls;
  if (first < 128 || first > 191) return PacketKind::kUnknown;
  return packet[1] >= 192 && packet[1] <= 223 ? PacketKind::kRtcp : PacketKind::kRtp;
}

}  // namespace stellwerk
