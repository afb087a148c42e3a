#include "transport/udp/segment_run.h"

#include <algorithm>

namespace stellwerk {

std::size_t RunLength(std::span<const OutgoingDatagram* const> datagrams) {
  if (datagrams.empty()) return 0;
  const std::size_t limit = std::min(datagrams.size(), kMaxRunDatagrams);
  const OutgoingDatagram& first = *datagrams.front();
  const std::size_t size = first.packet.size();
  std::size_t bytes = size;
  std::size_t length = 1;
  // An empty datagram is no segment.
  while (length < limit && size > 0) {
    const OutgoingDatagram& next = *datagrams[length];
    const std::size_t next_size = next.packet.size();
    if (next_size == 0 || next_size > size || bytes + next_size > kMaxRunBytes) break;
    if (next.tuple != first.tuple) break;
    bytes += next_size;
    ++length;
    if (next_size < size) break;
  }
  return length;
}

}  // namespace stellwerk
