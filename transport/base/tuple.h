#pragma once

#include <compare>
#include <cstdint>
#include <utility>

#include "transport/base/socket_address.h"

namespace stellwerk {

enum class IpProtocol : uint8_t { kUdp, kTcp };

// The two ends of a datagram flow. For TCP a "datagram" is one RFC 4571 frame and the tuple names
// the connection.
struct Tuple {
  IpProtocol protocol = IpProtocol::kUdp;
  SocketAddress local;  // the address of ours that the peer used, so that the reply leaves from it
  SocketAddress remote;
  // The peer first: it is what differs most often.
  friend bool operator==(const Tuple& a, const Tuple& b) {
    return a.remote == b.remote && a.local == b.local && a.protocol == b.protocol;
  }
  friend auto operator<=>(const Tuple&, const Tuple&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Tuple& tuple) {
    return H::combine(std::move(h), tuple.protocol, tuple.local, tuple.remote);
  }
};

}  // namespace stellwerk
