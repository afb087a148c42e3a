#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "rtc/base/packet_pool.h"
#include "transport/base/outbox.h"
#include "transport/base/received_datagram.h"
#include "transport/base/socket_address.h"
#include "transport/udp/receive_batch.h"
#include "transport/udp/segment_offload.h"
#include "transport/udp/send_batch.h"
#include "transport/udp/udp_stats.h"

namespace stellwerk {

// Buffers for one batch each way, some hundred kilobytes. One thread only.
struct UdpMemory;
std::shared_ptr<UdpMemory> MakeUdpMemory();

struct UdpOptions {
  int receive_buffer_bytes = 8 << 20;  // as much of it as the kernel grants
  int send_buffer_bytes = 8 << 20;
  // Datagrams kept while the kernel's send buffer is full; later ones are dropped.
  std::size_t max_queued = 2048;
  // Merges what arrives together from one peer (UDP_GRO). Load generators and the receivers of a
  // benchmark switch it off: on loopback it makes the sender's share of the work look smaller.
  bool receive_offload = true;
  // Sends neighbouring datagrams of one size as one message (UDP_SEGMENT), where the kernel takes
  // it.
  bool send_offload = true;
  // For many sockets on one thread: they share it, so that a socket costs little. Null: its own.
  std::shared_ptr<UdpMemory> memory = nullptr;
};

// One bound UDP socket on a libuv loop. Batches both ways; how it does so (recvmmsg, UDP_GRO,
// sendmmsg, UDP_SEGMENT) shows nowhere outside this folder.
class UdpSocket {
 public:
  // A batch as it came from the kernel, at most kBatch datagrams, to be moved out of; valid only
  // during the call. The callback may send, but must not destroy the socket.
  static constexpr std::size_t kBatch = 256;
  using OnReceived = absl::AnyInvocable<void(std::span<ReceivedDatagram>)>;

  // Port 0 lets the kernel choose. With an unspecified address (0.0.0.0, ::) the socket still
  // knows, per datagram, which local address the peer used, and answers from it.
  static absl::StatusOr<std::unique_ptr<UdpSocket>> Bind(uv_loop_t* loop, PacketPool& pool,
                                                         const SocketAddress& address,
                                                         ReadClock clock, OnReceived on_received,
                                                         const UdpOptions& options = {});
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  // Sends those of `datagrams` that are UDP and whose local address is this socket's, and ignores
  // the others: so a whole outbox can be offered to each socket in turn. The order is kept within
  // each destination, not between them. The more of a destination's datagrams of one size stand in
  // one call, the cheaper they are.
  void Send(std::span<const OutgoingDatagram> datagrams);

  // With the port that the kernel chose.
  [[nodiscard]] const SocketAddress& local_address() const { return local_; }
  [[nodiscard]] const UdpStats& stats() const { return stats_; }

 private:
  UdpSocket(PacketPool& pool, int fd, const SocketAddress& local, ReadClock clock,
            OnReceived on_received, const UdpOptions& options);
  absl::Status StartPolling(uv_loop_t* loop);
  void OnPoll(int events);
  void SetInterest();
  void HandleReadable();
  // The number of datagrams, including those that were dropped.
  std::size_t Deliver(std::size_t messages);
  // Cuts a message into its datagrams; their number.
  std::size_t Take(const ReceiveBatch::Message& message, Timestamp arrival);
  // Hands on what was received.
  void Yield();
  void HandleWritable();
  [[nodiscard]] bool IsOurs(const Tuple& tuple) const {
    if (tuple.local.port != local_.port || tuple.protocol != IpProtocol::kUdp) return false;
    if (is_bound_to_any_) return tuple.local.ip.is_v6() == local_.ip.is_v6();
    return tuple.local.ip == local_.ip;
  }
  // Sends from the front of `datagrams` until the kernel is full; returns how many are done with
  // (sent, or refused for good).
  std::size_t SendSome(std::span<const OutgoingDatagram* const> datagrams);
  void CountSent(std::span<const OutgoingDatagram* const> datagrams, const SendBatch::Sent& sent);
  void Enqueue(const OutgoingDatagram& datagram);

  PacketPool& pool_;
  const int fd_;
  SocketAddress local_;
  const bool is_bound_to_any_;  // to 0.0.0.0 or ::
  ReadClock clock_;
  OnReceived on_received_;
  const UdpOptions options_;
  uv_poll_t* poll_ = nullptr;  // freed by libuv's close callback
  bool waiting_for_write_ = false;
  uint32_t last_overflows_ = 0;
  SegmentOffload segment_offload_;
  const std::shared_ptr<UdpMemory> memory_;
  std::deque<OutgoingDatagram> queue_;
  UdpStats stats_;
};

}  // namespace stellwerk
