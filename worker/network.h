#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/base/received_datagram.h"
#include "transport/tcp/tcp_listener.h"
#include "transport/udp/udp_socket.h"
#include "worker/worker_options.h"

namespace stellwerk {

struct NetworkStats {
  UdpStats udp;  // of all sockets together
  TcpStats tcp;
  std::size_t tcp_connections = 0;
};

// The worker's sockets: for each local address one UDP socket and one TCP listener, on one port.
class Network {
 public:
  struct Callbacks {
    // A batch of one socket, to be moved out of.
    absl::AnyInvocable<void(std::span<ReceivedDatagram>)> on_received;
    absl::AnyInvocable<void(const Tuple&)> on_tuple_closed;
    // Whether this address belongs to a session.
    absl::AnyInvocable<bool(const Tuple&) const> is_known;
  };
  static absl::StatusOr<std::unique_ptr<Network>> Open(uv_loop_t* loop, PacketPool& pool,
                                                       ReadClock clock,
                                                       const WorkerOptions& options,
                                                       Callbacks callbacks);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  void Send(std::span<const OutgoingDatagram> datagrams);
  void CloseIdleConnections(Timestamp now);

  // What to tell clients, the best first.
  [[nodiscard]] const std::vector<Candidate>& candidates() const { return candidates_; }
  // Bound addresses, with the ports that the kernel chose.
  [[nodiscard]] std::vector<SocketAddress> udp_addresses() const;
  [[nodiscard]] NetworkStats stats() const;

 private:
  explicit Network(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}
  absl::Status OpenAddress(uv_loop_t* loop, PacketPool& pool, const ReadClock& clock,
                           const IpAddress& ip, uint16_t port);

  Callbacks callbacks_;
  std::shared_ptr<UdpMemory> udp_memory_ = MakeUdpMemory();  // of all sockets
  std::vector<std::unique_ptr<UdpSocket>> udp_;
  std::vector<std::unique_ptr<TcpListener>> tcp_;
  std::vector<Candidate> candidates_;
};

}  // namespace stellwerk
