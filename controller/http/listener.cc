#include "controller/http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace stellwerk {
namespace {

// Connections taken per turn of the loop, so that a flood of them leaves time for everything else.
constexpr int kAcceptBatch = 64;
constexpr uint64_t kRetryMs = 200;

absl::StatusOr<socklen_t> FillAddress(const std::string& ip, uint16_t port,
                                      sockaddr_storage& storage) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, ip.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, ip.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof *v6;
  }
  return absl::InvalidArgumentError(ip + " is not an IP address");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(uv_loop_t* loop, const std::string& ip,
                                                           uint16_t port, OnAccept on_accept) {
  sockaddr_storage address{};
  const auto length = FillAddress(ip, port, address);
  if (!length.ok()) return length.status();
  const int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  const auto failed = [&](const char* what) {
    const std::string reason = std::strerror(errno);
    if (fd >= 0) close(fd);
    return absl::UnavailableError(std::string(what) + " " + ip + " port " + std::to_string(port) +
                                  ": " + reason);
  };
  if (fd < 0) return failed("can't open a socket for");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), *length) != 0 || listen(fd, SOMAXCONN) != 0) {
    return failed("can't listen on");
  }
  socklen_t bound = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &bound) != 0)
    return failed("can't ask for the port of");

  std::unique_ptr<Listener> listener(new Listener(std::move(on_accept)));
  // sin_port and sin6_port lie at the same place.
  listener->port_ = ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
  auto* handles = new Handles;
  listener->handles_ = handles;
  handles->owner = listener.get();
  handles->fd = fd;
  handles->open = 2;
  uv_poll_init(loop, &handles->poll, fd);
  uv_timer_init(loop, &handles->retry);
  handles->poll.data = handles->retry.data = handles;
  StartPolling(handles);
  return listener;
}

Listener::~Listener() {
  if (handles_ == nullptr) return;
  handles_->owner = nullptr;
  const auto on_closed = [](uv_handle_t* handle) {
    auto* handles = static_cast<Handles*>(handle->data);
    if (--handles->open == 0) {
      close(handles->fd);
      delete handles;
    }
  };
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->poll), on_closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->retry), on_closed);
}

void Listener::StartPolling(Handles* handles) {
  uv_poll_start(&handles->poll, UV_READABLE, [](uv_poll_t* poll, int, int) {
    auto* owner = static_cast<Handles*>(poll->data)->owner;
    if (owner != nullptr) owner->Accept();
  });
}

void Listener::Accept() {
  Handles* handles = handles_;
  for (int i = 0; i < kAcceptBatch; ++i) {
    const int fd = accept4(handles->fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      on_accept_(fd);
      if (handles->owner == nullptr) return;
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      // The waiting connection keeps the socket readable: look away for a moment instead of
      // spinning.
      uv_poll_stop(&handles->poll);
      uv_timer_start(
          &handles->retry,
          [](uv_timer_t* timer) {
            auto* waiting = static_cast<Handles*>(timer->data);
            if (waiting->owner != nullptr) StartPolling(waiting);
          },
          kRetryMs, 0);
      return;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    // ECONNABORTED and the like belong to one connection that is gone.
  }
}

}  // namespace stellwerk
