#pragma once

#include <cstdint>

#include "rtc/base/delay_counters.h"
#include "rtc/base/drop_reason.h"

namespace stellwerk {

// Everything about one UDP socket since it was bound.
struct UdpStats {
  uint64_t datagrams_received = 0;
  uint64_t bytes_received = 0;
  uint64_t datagrams_sent = 0;
  uint64_t bytes_sent = 0;
  uint64_t receive_calls = 0;      // recvmmsg that brought something
  uint64_t receive_messages = 0;   // of one or, where the kernel merged them, several datagrams
  uint64_t receive_merged = 0;     // datagrams that came with others in one message
  uint64_t congestion_marked = 0;  // datagrams received with an ECN mark (RFC 3168)
  uint64_t kernel_overflows = 0;   // datagrams that found the receive buffer full (SO_RXQ_OVFL)
  uint64_t send_calls = 0;         // sendmmsg
  uint64_t send_messages = 0;      // of one or several datagrams
  uint64_t segmented = 0;          // datagrams sent with others in one message (UDP_SEGMENT)
  uint64_t segments_refused = 0;   // messages of several that the kernel refused: sent singly
  uint64_t send_blocked = 0;       // calls that found the send buffer full
  uint64_t queued = 0;             // datagrams that waited for room in it
  // As the kernel granted them.
  uint64_t receive_buffer_bytes = 0;
  uint64_t send_buffer_bytes = 0;
  TransitCounters transit;  // of packets that were forwarded at once
  DropCounters drops;       // kQueueFull, kSocketError, kTooLarge

  // Of all sockets together; of the buffers, the smaller.
  UdpStats& operator+=(const UdpStats& other);
};

}  // namespace stellwerk
