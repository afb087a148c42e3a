#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <string>

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

namespace stellwerk {

// A listening TCP socket on a libuv loop. libwebsockets could listen by itself, but it tells
// neither that an address is taken nor leaves us to say no to a connection.
class Listener {
 public:
  // Gets each accepted socket, non-blocking; its owner closes it.
  using OnAccept = absl::AnyInvocable<void(int fd)>;

  static absl::StatusOr<std::unique_ptr<Listener>> Listen(uv_loop_t* loop, const std::string& ip,
                                                          uint16_t port, OnAccept on_accept);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] uint16_t port() const { return port_; }

 private:
  // libuv keeps handles until their close callback, beyond this object.
  struct Handles {
    uv_poll_t poll;
    uv_timer_t retry;
    Listener* owner = nullptr;
    int fd = -1;
    int open = 0;
  };
  explicit Listener(OnAccept on_accept) : on_accept_(std::move(on_accept)) {}
  void Accept();
  static void StartPolling(Handles* handles);

  OnAccept on_accept_;
  Handles* handles_ = nullptr;
  uint16_t port_ = 0;
};

}  // namespace stellwerk
