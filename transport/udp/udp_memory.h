#pragma once

#include <vector>

#include "transport/base/outbox.h"
#include "transport/base/received_datagram.h"
#include "transport/udp/destination_order.h"
#include "transport/udp/receive_batch.h"
#include "transport/udp/send_batch.h"

namespace stellwerk {

// What a socket needs while it receives or sends, and only then. All sockets of a thread can share
// it (UdpOptions::memory): nothing in it outlives a call.
struct UdpMemory {
  ReceiveBatch receive;
  std::vector<ReceivedDatagram> received;
  SendBatch send;
  DestinationOrder order;
  std::vector<const OutgoingDatagram*> to_send;
};

}  // namespace stellwerk
