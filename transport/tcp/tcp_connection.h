#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "transport/base/received_datagram.h"
#include "transport/base/tuple.h"
#include "transport/tcp/frame_reader.h"

namespace stellwerk {

struct TcpOptions {
  // Bytes that wait for the kernel; a frame that would exceed it is dropped whole.
  std::size_t max_queued_bytes = 512 << 10;
};

struct TcpStats {
  uint64_t connections_accepted = 0;
  uint64_t connections_refused = 0;  // above max_connections or max_strangers_per_ip
  uint64_t frames_received = 0;
  uint64_t bytes_received = 0;
  uint64_t frames_sent = 0;
  uint64_t bytes_sent = 0;
  DropCounters drops;
};

// One TCP connection with RFC 4571 framing, accepted by a TcpListener or opened by Connect (the
// active side of ICE-TCP, for synthetic participants).
class TcpConnection {
 public:
  // Must not destroy the connection.
  using OnReceived = absl::AnyInvocable<void(std::span<ReceivedDatagram>)>;
  using OnClosed = absl::AnyInvocable<void(const Tuple&)>;
  using OnConnected = absl::AnyInvocable<void(const Tuple&)>;

  // Frames may be received after `on_connected`. If the connection fails, `on_closed` gets a tuple
  // whose local port is 0.
  static absl::StatusOr<std::unique_ptr<TcpConnection>> Connect(
      uv_loop_t* loop, PacketPool& pool, const SocketAddress& remote, ReadClock clock,
      OnConnected on_connected, OnReceived on_received, OnClosed on_closed,
      const TcpOptions& options = {});
  // Takes the next connection of a listening handle.
  static absl::StatusOr<std::unique_ptr<TcpConnection>> Accept(uv_stream_t* listener,
                                                               PacketPool& pool, ReadClock clock,
                                                               OnReceived on_received,
                                                               OnClosed on_closed, TcpStats& stats,
                                                               const TcpOptions& options = {});
  // Closes without calling `on_closed`. What was queued is released when the loop has run its close
  // callbacks, which must happen before the pool is destroyed.
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // Queues one frame, or drops it whole and counts it.
  void Send(const PacketRef& packet);

  [[nodiscard]] const Tuple& tuple() const { return tuple_; }
  [[nodiscard]] Timestamp connected_at() const { return connected_at_; }
  // When the last whole frame came; the time of connecting before the first.
  [[nodiscard]] Timestamp last_frame() const { return last_frame_; }
  [[nodiscard]] const TcpStats& stats() const { return *stats_; }

 private:
  struct Handle;  // lives until libuv's close callback, longer than the connection

  TcpConnection(PacketPool& pool, ReadClock clock, OnReceived on_received, OnClosed on_closed,
                const TcpOptions& options);
  absl::Status Open(uv_loop_t* loop);
  absl::Status StartReading();
  void HandleBytes(std::span<const uint8_t> bytes);
  // The peer or an error ended it. `on_closed` may destroy the connection: nothing may follow this
  // call.
  void HandleEnd();

  PacketPool& pool_;
  ReadClock clock_;
  OnConnected on_connected_;
  OnReceived on_received_;
  OnClosed on_closed_;
  const TcpOptions options_;
  TcpStats own_stats_;
  TcpStats* stats_ = &own_stats_;
  Handle* handle_ = nullptr;
  Tuple tuple_;
  Timestamp connected_at_;
  Timestamp last_frame_;
  FrameReader reader_{kMaxDatagram};
  std::vector<ReceivedDatagram> batch_;
};

}  // namespace stellwerk
