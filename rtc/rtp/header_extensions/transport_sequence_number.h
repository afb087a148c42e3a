#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/sequence_number.h"

namespace stellwerk {

// draft-holmer-rmcat-transport-wide-cc-extensions-01 §2: counts all packets of a transport,
// whatever their SSRC.
using TransportSeqNum = WrappingInt<struct TransportSeqNumTag, uint16_t>;

inline constexpr std::size_t kTransportSeqNumSize = 2;

std::optional<TransportSeqNum> ParseTransportSeqNum(std::span<const uint8_t> data);
std::array<uint8_t, kTransportSeqNumSize> SerializeTransportSeqNum(TransportSeqNum number);

}  // namespace stellwerk
