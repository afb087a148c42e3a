#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/sequence_number.h"

namespace stellwerk {

// RFC 3711 §3.3.1 and Appendix A: the 48-bit index that `sequence_number` most likely stands for,
// given the highest index so far (nullopt: none, the roll-over counter starts at zero). nullopt: it
// would lie before index zero.
std::optional<uint64_t> EstimateSrtpIndex(std::optional<uint64_t> newest, SeqNum sequence_number);

// RFC 3711 §3.4: the 31-bit index in the trailer of a protected RTCP packet, whose last bytes are
// the index and then `tag_after_index` bytes of authentication tag. nullopt: too short.
std::optional<uint32_t> SrtcpIndexOf(std::span<const uint8_t> packet, std::size_t tag_after_index);

// The fields that SRTP needs of a packet, which may be protected. nullopt: too short, or not
// version 2.
struct RtpIdentity {
  Ssrc ssrc;
  SeqNum sequence_number;
};
std::optional<RtpIdentity> RtpIdentityOf(std::span<const uint8_t> packet);
// RFC 3550 §5.1 and §5.3.1: the fixed header, CSRCs and the header extension, which SRTP leaves in
// the clear. nullopt: the packet ends before.
std::optional<std::size_t> RtpHeaderSizeOf(std::span<const uint8_t> packet);
// RFC 3550 §6.4: the sender's SSRC of the first packet of a compound.
std::optional<Ssrc> RtcpSenderOf(std::span<const uint8_t> packet);

}  // namespace stellwerk
