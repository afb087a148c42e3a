#pragma once

#include <uv.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "channel/channel.h"
#include "proto/message.h"
#include "rtc/base/units.h"

namespace stellwerk {

// The worker's end of the control channel: listens on a Unix socket with mode 0600 and seats one
// controller at a time. A connection takes the seat with its hello; until then it is a guest, few
// of them, and not for long.
class ControlServer {
 public:
  struct Callbacks {
    absl::AnyInvocable<void(const proto::Request&)> on_request;
    // A controller has taken the seat, or left it.
    absl::AnyInvocable<void(bool seated)> on_seat_changed;
  };

  static absl::StatusOr<std::unique_ptr<ControlServer>> Listen(uv_loop_t* loop,
                                                               std::string_view path,
                                                               proto::WorkerHello hello,
                                                               Callbacks callbacks);
  // Ends all connections and removes the socket from the file system.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // To the seated controller; nobody hears it if there is none.
  // Written by Flush().
  void Send(const proto::Message& message);
  // To be called at the end of a turn, when media has gone: a write wakes the controller, which may
  // then run in our place.
  void Flush();
  [[nodiscard]] bool seated() const { return seat_ != kNobody; }

  // Turns out guests that don't say hello.
  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

 private:
  using ConnectionId = uint64_t;
  static constexpr ConnectionId kNobody = 0;
  struct Connection {
    std::unique_ptr<channel::Channel> channel;
    Timestamp hello_until = kNever;  // set at the next HandleTimeout
    bool is_timed = false;
  };

  ControlServer(uv_loop_t* loop, int fd, std::string path, proto::WorkerHello hello,
                Callbacks callbacks);
  absl::Status StartListening();
  void Accept();
  void OnMessage(ConnectionId id, proto::Message message);
  void OnClosed(ConnectionId id, std::string_view reason);
  void OnHello(ConnectionId id, const proto::ControllerHello& hello);
  // Says why and ends the connection.
  void Refuse(ConnectionId id, proto::RefusalReason reason, std::string text);
  void End(ConnectionId id);

  uv_loop_t* loop_;
  int fd_;
  std::string path_;
  proto::WorkerHello hello_;
  Callbacks callbacks_;
  uv_poll_t* poll_ = nullptr;  // freed by its close callback
  std::map<ConnectionId, Connection> connections_;
  ConnectionId next_id_ = 1;
  ConnectionId seat_ = kNobody;
};

}  // namespace stellwerk
