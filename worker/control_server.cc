#include "worker/control_server.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "channel/unix_socket.h"
#include "rtc/base/check.h"

namespace stellwerk {
namespace {

constexpr std::size_t kMaxConnections = 8;
constexpr TimeDelta kHelloTimeout = std::chrono::seconds(5);

}  // namespace

absl::StatusOr<std::unique_ptr<ControlServer>> ControlServer::Listen(uv_loop_t* loop,
                                                                     std::string_view path,
                                                                     proto::WorkerHello hello,
                                                                     Callbacks callbacks) {
  const auto fd = channel::ListenUnixSocket(path);
  if (!fd.ok()) return fd.status();
  std::unique_ptr<ControlServer> server(
      new ControlServer(loop, *fd, std::string(path), std::move(hello), std::move(callbacks)));
  if (const absl::Status status = server->StartListening(); !status.ok()) return status;
  return server;
}

ControlServer::ControlServer(uv_loop_t* loop, int fd, std::string path, proto::WorkerHello hello,
                             Callbacks callbacks)
    : loop_(loop),
      fd_(fd),
      path_(std::move(path)),
      hello_(std::move(hello)),
      callbacks_(std::move(callbacks)) {}

absl::Status ControlServer::StartListening() {
  poll_ = new uv_poll_t;
  STELLWERK_CHECK(uv_poll_init(loop_, poll_, fd_) == 0);
  poll_->data = this;
  const int error = uv_poll_start(poll_, UV_READABLE, [](uv_poll_t* handle, int, int) {
    static_cast<ControlServer*>(handle->data)->Accept();
  });
  return error == 0 ? absl::OkStatus() : absl::InternalError(uv_strerror(error));
}

ControlServer::~ControlServer() {
  connections_.clear();
  if (poll_ != nullptr) {
    uv_poll_stop(poll_);
    uv_close(reinterpret_cast<uv_handle_t*>(poll_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
  }
  ::close(fd_);
  ::unlink(path_.c_str());
}

void ControlServer::Send(const proto::Message& message) {
  if (seated()) connections_.at(seat_).channel->Send(message);
}

void ControlServer::Flush() {
  if (seated()) connections_.at(seat_).channel->Flush();
}

void ControlServer::HandleTimeout(Timestamp now) {
  for (auto it = connections_.begin(); it != connections_.end();) {
    Connection& connection = it->second;
    const bool guest = it->first != seat_;
    if (guest && !std::exchange(connection.is_timed, true))
      connection.hello_until = now + kHelloTimeout;
    if (guest && connection.hello_until <= now) {
      spdlog::warn("control: a connection said no hello within {} s",
                   kHelloTimeout / std::chrono::seconds(1));
      it = connections_.erase(it);
    } else {
      ++it;
    }
  }
}

Timestamp ControlServer::NextTimeout() const {
  Timestamp next = kNever;
  for (const auto& [id, connection] : connections_) {
    if (id == seat_) continue;
    // At once, to set the time.
    next = std::min(next, connection.is_timed ? connection.hello_until : Timestamp());
  }
  return next;
}

void ControlServer::Accept() {
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  const ConnectionId id = next_id_++;
  auto channel = channel::Channel::Adopt(
      loop_, fd,
      {.on_message = [this, id](proto::Message message) { OnMessage(id, std::move(message)); },
       .on_closed = [this, id](std::string_view reason) { OnClosed(id, reason); }},
      channel::Channel::Writes::kWhenAsked);
  if (!channel.ok()) return spdlog::warn("control: {}", channel.status().ToString());
  connections_[id].channel = *std::move(channel);
  if (connections_.size() > kMaxConnections)
    Refuse(id, proto::RefusalReason::kBusy, "too many connections");
}

void ControlServer::OnMessage(ConnectionId id, proto::Message message) {
  if (!connections_.contains(id)) return;
  if (const auto* request = std::get_if<proto::Request>(&message);
      request != nullptr && id == seat_) {
    callbacks_.on_request(*request);
  } else if (const auto* hello = std::get_if<proto::ControllerHello>(&message);
             hello != nullptr && id != seat_) {
    OnHello(id, *hello);
  } else {
    spdlog::warn("control: a message that is not the controller's turn; connection closed");
    End(id);
  }
}

void ControlServer::OnHello(ConnectionId id, const proto::ControllerHello& hello) {
  if (hello.version != proto::kProtocolVersion) {
    return Refuse(id, proto::RefusalReason::kVersionMismatch,
                  "the controller speaks protocol version " + std::to_string(hello.version) +
                      ", this worker version " + std::to_string(proto::kProtocolVersion) +
                      ": run both from the same release");
  }
  // A controller that was killed may be replaced before the loop has noticed its end.
  if (seated() && connections_.at(seat_).channel->PeerIsGone()) {
    spdlog::info("control: the controller is gone");
    End(seat_);
  }
  if (seated()) return Refuse(id, proto::RefusalReason::kBusy, "another controller is connected");
  seat_ = id;
  spdlog::info("control: a controller is connected");
  connections_.at(id).channel->Send(hello_);
  callbacks_.on_seat_changed(true);
}

void ControlServer::Refuse(ConnectionId id, proto::RefusalReason reason, std::string text) {
  spdlog::warn("control: refused a controller: {}", text);
  connections_.at(id).channel->Send(
      proto::Refusal{reason, std::move(text), proto::kProtocolVersion});
  End(id);
}

void ControlServer::OnClosed(ConnectionId id, std::string_view reason) {
  // A guest that leaves again is no news: that is how one looks whether somebody listens here.
  if (id == seat_) {
    spdlog::warn("control: the controller's connection ended: {}", reason);
  } else {
    spdlog::debug("control: a connection ended before its hello: {}", reason);
  }
  End(id);
}

void ControlServer::End(ConnectionId id) {
  connections_.erase(id);
  if (id != seat_) return;
  seat_ = kNobody;
  callbacks_.on_seat_changed(false);
}

}  // namespace stellwerk
