#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/base/received_datagram.h"
#include "transport/base/tuple.h"
#include "transport/tcp/tcp_connection.h"

namespace stellwerk {

struct TcpListenerOptions {
  std::size_t max_connections = 4096;
  // Of one remote address, as long as they belong to no session.
  std::size_t max_strangers_per_ip = 16;
  // So long after it was accepted a connection that belongs to no session is closed, whatever it
  // sends.
  TimeDelta stranger_timeout = std::chrono::seconds(10);
  // A connection of a session on which no whole frame came for so long is closed; a living ICE peer
  // sends checks every few seconds.
  TimeDelta idle_timeout = std::chrono::seconds(40);
  TcpOptions connection = {};
};

// The passive side of ICE-TCP (RFC 6544): accepts connections and frames datagrams by RFC 4571. The
// tuple of a datagram names its connection.
class TcpListener {
 public:
  // One or more frames of one connection, to be moved out of; valid only during the call.
  using OnReceived = TcpConnection::OnReceived;
  // The connection of this tuple is closed (by anyone but the listener's destructor).
  using OnClosed = TcpConnection::OnClosed;
  // Whether the connection of this tuple belongs to a session.
  using IsKnown = absl::AnyInvocable<bool(const Tuple&) const>;

  // Port 0 lets the kernel choose.
  static absl::StatusOr<std::unique_ptr<TcpListener>> Listen(
      uv_loop_t* loop, PacketPool& pool, const SocketAddress& address, ReadClock clock,
      OnReceived on_received, OnClosed on_closed, IsKnown is_known,
      const TcpListenerOptions& options = {});
  // Closes all connections.
  ~TcpListener();
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  // Sends those of `datagrams` that belong to a connection of this listener, and ignores the
  // others.
  void Send(std::span<const OutgoingDatagram> datagrams);
  // Closes connections that are idle, or those of strangers, for too long; call it every few
  // seconds.
  void CloseIdle(Timestamp now);

  [[nodiscard]] const SocketAddress& local_address() const { return local_; }
  [[nodiscard]] std::size_t connection_count() const { return connections_.size(); }
  [[nodiscard]] const TcpStats& stats() const { return stats_; }

 private:
  TcpListener(PacketPool& pool, ReadClock clock, OnReceived on_received, OnClosed on_closed,
              IsKnown is_known, const TcpListenerOptions& options);
  void Accept();
  [[nodiscard]] bool HasRoomFor(const Tuple& tuple) const;
  void Remove(const Tuple& tuple);

  PacketPool& pool_;
  SocketAddress local_;
  ReadClock clock_;
  OnReceived on_received_;
  OnClosed on_closed_;
  IsKnown is_known_;
  const TcpListenerOptions options_;
  TcpStats stats_;
  uv_tcp_t* handle_ = nullptr;  // freed by libuv's close callback
  absl::flat_hash_map<Tuple, std::unique_ptr<TcpConnection>> connections_;
};

}  // namespace stellwerk
