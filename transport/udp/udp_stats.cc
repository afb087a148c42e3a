#include "transport/udp/udp_stats.h"

namespace stellwerk {
namespace {

// Zero is a sum without sockets yet.
void TakeSmaller(uint64_t& bytes, uint64_t other) {
  if (bytes == 0 || other < bytes) bytes = other;
}

}  // namespace

UdpStats& UdpStats::operator+=(const UdpStats& other) {
  datagrams_received += other.datagrams_received;
  bytes_received += other.bytes_received;
  datagrams_sent += other.datagrams_sent;
  bytes_sent += other.bytes_sent;
  receive_calls += other.receive_calls;
  receive_messages += other.receive_messages;
  receive_merged += other.receive_merged;
  congestion_marked += other.congestion_marked;
  kernel_overflows += other.kernel_overflows;
  send_calls += other.send_calls;
  send_messages += other.send_messages;
  segmented += other.segmented;
  segments_refused += other.segments_refused;
  send_blocked += other.send_blocked;
  queued += other.queued;
  TakeSmaller(receive_buffer_bytes, other.receive_buffer_bytes);
  TakeSmaller(send_buffer_bytes, other.send_buffer_bytes);
  transit += other.transit;
  drops += other.drops;
  return *this;
}

}  // namespace stellwerk
