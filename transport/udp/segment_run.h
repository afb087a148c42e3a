#pragma once

#include <cstddef>
#include <span>

#include "transport/base/outbox.h"

namespace stellwerk {

// What one UDP_SEGMENT message can carry: older kernels take 64 segments, and all of them together
// must fit a UDP datagram with room for the headers.
inline constexpr std::size_t kMaxRunDatagrams = 64;
inline constexpr std::size_t kMaxRunBytes = 65'000;

// How many of `datagrams`, from the front, go as one message: to one address from one address and
// of one size, of which the last may fall short. At least 1 unless there are none.
[[nodiscard]] std::size_t RunLength(std::span<const OutgoingDatagram* const> datagrams);

}  // namespace stellwerk
