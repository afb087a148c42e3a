#pragma once

#include <cstddef>
#include <functional>

#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "transport/base/tuple.h"

namespace stellwerk {

// What is longer is dropped before anybody parses it: nothing that WebRTC sends exceeds an Ethernet
// frame.
inline constexpr std::size_t kMaxDatagram = 2048;

// What a socket took from the network: one UDP datagram or one RFC 4571 frame.
struct ReceivedDatagram {
  Tuple tuple;
  Timestamp arrival;  // when the kernel had it, on our clock; never later than now
  PacketRef packet;
};

// Reads the media clock itself, not the value that the loop cached for this turn: sockets relate
// the kernel's stamps to it.
using ReadClock = std::function<Timestamp()>;

}  // namespace stellwerk
