#include "worker/network.h"

#include <utility>

#include "worker/candidates.h"

namespace stellwerk {
namespace {

// How often a kernel-chosen UDP port may be taken for TCP before we give up.
constexpr int kPortAttempts = 16;

void AddUp(TcpStats& sum, const TcpStats& one) {
  sum.connections_accepted += one.connections_accepted;
  sum.connections_refused += one.connections_refused;
  sum.frames_received += one.frames_received;
  sum.bytes_received += one.bytes_received;
  sum.frames_sent += one.frames_sent;
  sum.bytes_sent += one.bytes_sent;
  sum.drops += one.drops;
}

template <typename Sockets>
std::vector<SocketAddress> AddressesOf(const Sockets& sockets) {
  std::vector<SocketAddress> addresses;
  for (const auto& socket : sockets) addresses.push_back(socket->local_address());
  return addresses;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Network>> Network::Open(uv_loop_t* loop, PacketPool& pool,
                                                       ReadClock clock,
                                                       const WorkerOptions& options,
                                                       Callbacks callbacks) {
  std::unique_ptr<Network> network(new Network(std::move(callbacks)));
  for (const IpAddress& ip : options.rtc_addresses) {
    if (const absl::Status status = network->OpenAddress(loop, pool, clock, ip, options.rtc_port);
        !status.ok()) {
      return status;
    }
  }
  const auto udp = AddressesOf(network->udp_);
  const auto tcp = AddressesOf(network->tcp_);
  network->candidates_ = MakeCandidates(udp, tcp, options.announce, InterfaceAddresses());
  return network;
}

Network::~Network() = default;

absl::Status Network::OpenAddress(uv_loop_t* loop, PacketPool& pool, const ReadClock& clock,
                                  const IpAddress& ip, uint16_t port) {
  const auto on_received = [this](std::span<ReceivedDatagram> batch) {
    callbacks_.on_received(batch);
  };
  const auto on_closed = [this](const Tuple& tuple) { callbacks_.on_tuple_closed(tuple); };
  const auto is_known = [this](const Tuple& tuple) { return callbacks_.is_known(tuple); };
  absl::Status status;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    auto udp = UdpSocket::Bind(loop, pool, {ip, port}, clock, on_received, {.memory = udp_memory_});
    if (!udp.ok()) return udp.status();
    // TCP on the port that the kernel chose for UDP; somebody else may have it.
    auto tcp = TcpListener::Listen(loop, pool, (*udp)->local_address(), clock, on_received,
                                   on_closed, is_known);
    if (tcp.ok()) {
      udp_.push_back(*std::move(udp));
      tcp_.push_back(*std::move(tcp));
      return absl::OkStatus();
    }
    status = tcp.status();
    if (port != 0) break;
  }
  return status;
}

void Network::Send(std::span<const OutgoingDatagram> datagrams) {
  for (const auto& socket : udp_) socket->Send(datagrams);
  for (const auto& listener : tcp_) {
    if (listener->connection_count() > 0) listener->Send(datagrams);
  }
}

void Network::CloseIdleConnections(Timestamp now) {
  for (const auto& listener : tcp_) listener->CloseIdle(now);
}

std::vector<SocketAddress> Network::udp_addresses() const { return AddressesOf(udp_); }

NetworkStats Network::stats() const {
  NetworkStats sum;
  for (const auto& socket : udp_) sum.udp += socket->stats();
  for (const auto& listener : tcp_) {
    AddUp(sum.tcp, listener->stats());
    sum.tcp_connections += listener->connection_count();
  }
  return sum;
}

}  // namespace stellwerk
