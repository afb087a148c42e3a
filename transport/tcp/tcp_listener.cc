#include "transport/tcp/tcp_listener.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "transport/base/kernel_address.h"

namespace stellwerk {
namespace {

// Connections that the kernel accepts before we look.
constexpr int kBacklog = 128;

absl::Status UvError(const SocketAddress& address, const char* what, int error) {
  return absl::UnavailableError("tcp " + address.ToText() + ": " + what + ": " +
                                uv_strerror(error));
}

uv_stream_t* AsStream(uv_tcp_t* tcp) { return static_cast<uv_stream_t*>(static_cast<void*>(tcp)); }

}  // namespace

TcpListener::TcpListener(PacketPool& pool, ReadClock clock, OnReceived on_received,
                         OnClosed on_closed, IsKnown is_known, const TcpListenerOptions& options)
    : pool_(pool),
      clock_(std::move(clock)),
      on_received_(std::move(on_received)),
      on_closed_(std::move(on_closed)),
      is_known_(std::move(is_known)),
      options_(options) {}

TcpListener::~TcpListener() {
  if (handle_ == nullptr) return;
  uv_close(static_cast<uv_handle_t*>(static_cast<void*>(handle_)),
           [](uv_handle_t* handle) { delete static_cast<uv_tcp_t*>(static_cast<void*>(handle)); });
}

absl::StatusOr<std::unique_ptr<TcpListener>> TcpListener::Listen(
    uv_loop_t* loop, PacketPool& pool, const SocketAddress& address, ReadClock clock,
    OnReceived on_received, OnClosed on_closed, IsKnown is_known,
    const TcpListenerOptions& options) {
  std::unique_ptr<TcpListener> listener(
      new TcpListener(pool, std::move(clock), std::move(on_received), std::move(on_closed),
                      std::move(is_known), options));
  auto handle = std::make_unique<uv_tcp_t>();
  if (const int error = uv_tcp_init(loop, handle.get()); error != 0)
    return UvError(address, "init", error);
  uv_tcp_t* tcp = listener->handle_ = handle.release();
  tcp->data = listener.get();
  KernelAddress kernel = ToKernel(address);
  const unsigned flags = address.ip.is_v6() ? UV_TCP_IPV6ONLY : 0;
  if (const int error = uv_tcp_bind(tcp, kernel.get(), flags); error != 0)
    return UvError(address, "bind", error);
  const auto on_connection = [](uv_stream_t* stream, int status) {
    if (status == 0) static_cast<TcpListener*>(stream->data)->Accept();
  };
  if (const int error = uv_listen(AsStream(tcp), kBacklog, on_connection); error != 0) {
    return UvError(address, "listen", error);
  }
  int size = sizeof(kernel.storage);
  uv_tcp_getsockname(tcp, kernel.get(), &size);
  listener->local_ = {.ip = address.ip, .port = FromKernel(kernel.storage).value_or(address).port};
  return listener;
}

void TcpListener::Accept() {
  auto connection = TcpConnection::Accept(
      AsStream(handle_), pool_, clock_,
      [this](std::span<ReceivedDatagram> batch) { on_received_(batch); },
      [this](const Tuple& tuple) { Remove(tuple); }, stats_, options_.connection);
  if (!connection.ok()) return stats_.drops.Count(DropReason::kSocketError);
  if (!HasRoomFor((*connection)->tuple())) {
    // Accepted and closed at once: left in the backlog it would keep the loop busy.
    ++stats_.connections_refused;
    return;
  }
  ++stats_.connections_accepted;
  const Tuple tuple = (*connection)->tuple();
  connections_[tuple] = *std::move(connection);
}

bool TcpListener::HasRoomFor(const Tuple& tuple) const {
  if (connections_.size() >= options_.max_connections) return false;
  const auto strangers = std::count_if(connections_.begin(), connections_.end(), [&](auto& entry) {
    return entry.first.remote.ip == tuple.remote.ip && !is_known_(entry.first);
  });
  return static_cast<std::size_t>(strangers) < options_.max_strangers_per_ip;
}

void TcpListener::Remove(const Tuple& tuple) {
  if (connections_.erase(tuple) > 0) on_closed_(tuple);
}

void TcpListener::Send(std::span<const OutgoingDatagram> datagrams) {
  for (const OutgoingDatagram& datagram : datagrams) {
    if (datagram.tuple.protocol != IpProtocol::kTcp) continue;
    const auto it = connections_.find(datagram.tuple);
    if (it != connections_.end()) it->second->Send(datagram.packet);
  }
}

void TcpListener::CloseIdle(Timestamp now) {
  std::vector<Tuple> idle;
  for (const auto& [tuple, connection] : connections_) {
    const bool is_over = is_known_(tuple)
                             ? now - connection->last_frame() >= options_.idle_timeout
                             : now - connection->connected_at() >= options_.stranger_timeout;
    if (is_over) idle.push_back(tuple);
  }
  for (const Tuple& tuple : idle) Remove(tuple);
}

}  // namespace stellwerk
