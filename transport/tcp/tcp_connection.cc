#include "transport/tcp/tcp_connection.h"

#include <array>
#include <string>
#include <utility>

#include "transport/base/kernel_address.h"

namespace stellwerk {
namespace {

uv_stream_t* AsStream(uv_tcp_t* tcp) { return static_cast<uv_stream_t*>(static_cast<void*>(tcp)); }

std::optional<SocketAddress> NameOf(const uv_tcp_t& tcp,
                                    int (*get)(const uv_tcp_t*, sockaddr*, int*)) {
  KernelAddress kernel;
  int size = sizeof(kernel.storage);
  if (get(&tcp, kernel.get(), &size) != 0) return std::nullopt;
  return FromKernel(kernel.storage);
}

absl::Status UvError(const char* what, int error) {
  return absl::UnavailableError(std::string("tcp: ") + what + ": " + uv_strerror(error));
}

// One frame on its way into the kernel; owns itself until libuv is done with it.
struct WriteRequest {
  uv_write_t request;
  std::array<uint8_t, 2> length;
  PacketRef packet;
};

uv_buf_t AsBuffer(std::span<const uint8_t> bytes) {
  // libuv only reads it, but its buffers serve both ways.
  return {.base = static_cast<char*>(const_cast<void*>(static_cast<const void*>(bytes.data()))),
          .len = bytes.size()};
}

}  // namespace

struct TcpConnection::Handle {
  uv_tcp_t tcp{};
  uv_connect_t connecting{};
  TcpConnection* owner = nullptr;  // nullptr once the connection is destroyed
  std::array<char, 16'384> buffer;

  static Handle& Of(const uv_tcp_t* tcp) { return *static_cast<Handle*>(tcp->data); }
  static Handle& Of(const uv_stream_t* stream) { return *static_cast<Handle*>(stream->data); }
};

TcpConnection::TcpConnection(PacketPool& pool, ReadClock clock, OnReceived on_received,
                             OnClosed on_closed, const TcpOptions& options)
    : pool_(pool),
      clock_(std::move(clock)),
      on_received_(std::move(on_received)),
      on_closed_(std::move(on_closed)),
      options_(options) {
  tuple_.protocol = IpProtocol::kTcp;
  connected_at_ = last_frame_ = clock_();
}

TcpConnection::~TcpConnection() {
  if (handle_ == nullptr) return;
  handle_->owner = nullptr;
  uv_close(static_cast<uv_handle_t*>(static_cast<void*>(&handle_->tcp)),
           [](uv_handle_t* handle) { delete static_cast<Handle*>(handle->data); });
}

absl::Status TcpConnection::Open(uv_loop_t* loop) {
  auto handle = std::make_unique<Handle>();
  if (const int error = uv_tcp_init(loop, &handle->tcp); error != 0) return UvError("init", error);
  handle_ = handle.release();
  handle_->tcp.data = handle_;
  handle_->owner = this;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TcpConnection>> TcpConnection::Accept(
    uv_stream_t* listener, PacketPool& pool, ReadClock clock, OnReceived on_received,
    OnClosed on_closed, TcpStats& stats, const TcpOptions& options) {
  std::unique_ptr<TcpConnection> connection(new TcpConnection(
      pool, std::move(clock), std::move(on_received), std::move(on_closed), options));
  connection->stats_ = &stats;
  if (absl::Status status = connection->Open(listener->loop); !status.ok()) return status;
  if (const int error = uv_accept(listener, AsStream(&connection->handle_->tcp)); error != 0) {
    return UvError("accept", error);
  }
  if (absl::Status status = connection->StartReading(); !status.ok()) return status;
  return connection;
}

absl::StatusOr<std::unique_ptr<TcpConnection>> TcpConnection::Connect(
    uv_loop_t* loop, PacketPool& pool, const SocketAddress& remote, ReadClock clock,
    OnConnected on_connected, OnReceived on_received, OnClosed on_closed,
    const TcpOptions& options) {
  std::unique_ptr<TcpConnection> connection(new TcpConnection(
      pool, std::move(clock), std::move(on_received), std::move(on_closed), options));
  connection->on_connected_ = std::move(on_connected);
  connection->tuple_.remote = remote;
  if (absl::Status status = connection->Open(loop); !status.ok()) return status;
  Handle& handle = *connection->handle_;
  KernelAddress kernel = ToKernel(remote);
  const auto connected = [](uv_connect_t* request, int status) {
    TcpConnection* owner = Handle::Of(request->handle).owner;
    if (owner == nullptr) return;
    if (status != 0 || !owner->StartReading().ok()) return owner->HandleEnd();
    owner->on_connected_(owner->tuple_);
  };
  if (const int error = uv_tcp_connect(&handle.connecting, &handle.tcp, kernel.get(), connected);
      error != 0) {
    return UvError("connect", error);
  }
  return connection;
}

absl::Status TcpConnection::StartReading() {
  const auto local = NameOf(handle_->tcp, uv_tcp_getsockname);
  const auto remote = NameOf(handle_->tcp, uv_tcp_getpeername);
  if (!local || !remote)
    return absl::UnavailableError("tcp: the connection ended while it was accepted");
  tuple_.local = *local;
  tuple_.remote = *remote;
  // Media must not wait for a full segment.
  uv_tcp_nodelay(&handle_->tcp, 1);
  const int error = uv_read_start(
      AsStream(&handle_->tcp),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        auto& memory = static_cast<Handle*>(handle->data)->buffer;
        *buffer = {.base = memory.data(), .len = memory.size()};
      },
      [](uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
        TcpConnection* owner = Handle::Of(stream).owner;
        if (owner == nullptr || count == 0) return;
        if (count < 0) return owner->HandleEnd();
        const void* bytes = buffer->base;
        owner->HandleBytes({static_cast<const uint8_t*>(bytes), static_cast<std::size_t>(count)});
      });
  return error == 0 ? absl::OkStatus() : UvError("read", error);
}

void TcpConnection::HandleBytes(std::span<const uint8_t> bytes) {
  const Timestamp now = clock_();
  reader_.Append(bytes);
  while (const auto frame = reader_.Next()) {
    // RFC 4571 §2: an empty frame is allowed and means nothing.
    if (frame->empty()) continue;
    ++stats_->frames_received;
    stats_->bytes_received += frame->size();
    batch_.push_back({.tuple = tuple_, .arrival = now, .packet = pool_.Copy(*frame)});
  }
  for (std::size_t n = reader_.TakeTooLarge(); n > 0; --n)
    stats_->drops.Count(DropReason::kTooLarge);
  if (batch_.empty()) return;
  last_frame_ = now;
  on_received_(batch_);
  batch_.clear();
}

void TcpConnection::HandleEnd() {
  // The callback is moved out, because it may destroy this object and itself with it.
  OnClosed on_closed = std::move(on_closed_);
  const Tuple tuple = tuple_;
  uv_read_stop(AsStream(&handle_->tcp));
  on_closed(tuple);
}

void TcpConnection::Send(const PacketRef& packet) {
  uv_stream_t* stream = AsStream(&handle_->tcp);
  const std::size_t size = packet.size();
  if (uv_stream_get_write_queue_size(stream) + 2 + size > options_.max_queued_bytes) {
    return stats_->drops.Count(DropReason::kQueueFull);
  }
  auto write = std::make_unique<WriteRequest>(
      WriteRequest{.request = {},
                   .length = {static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)},
                   .packet = packet});
  write->request.data = write.get();
  const std::array<uv_buf_t, 2> buffers = {AsBuffer(write->length),
                                           AsBuffer(write->packet.bytes())};
  const auto done = [](uv_write_t* request, int) {
    delete static_cast<WriteRequest*>(request->data);
  };
  if (uv_write(&write->request, stream, buffers.data(), buffers.size(), done) != 0) {
    // The end of the connection will be told by the reading side.
    return stats_->drops.Count(DropReason::kSocketError);
  }
  static_cast<void>(write.release());
  ++stats_->frames_sent;
  stats_->bytes_sent += size;
}

}  // namespace stellwerk
