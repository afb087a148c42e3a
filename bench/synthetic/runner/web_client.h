#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace stellwerk::synthetic {

struct HttpCall {
  std::string method = "GET";
  std::string url;
  std::string content_type = {};
  std::string authorization = {};
  std::string body = {};
};
struct HttpReply {
  int status = 0;  // 0 = there was no reply; `error` says why
  std::string location;
  std::string content_type;
  std::string server;  // what it calls itself
  std::string body;
  std::string error;
};

// HTTP and WebSocket calls to a server under test, by libwebsockets on somebody's libuv loop.
// Certificates are not checked: such servers sign their own.
class WebClient {
 public:
  // Null on failure: libwebsockets without its libuv plug-in.
  static absl::StatusOr<std::unique_ptr<WebClient>> Create(uv_loop_t* loop);
  ~WebClient();  // runs the loop for a few turns
  WebClient(const WebClient&) = delete;
  WebClient& operator=(const WebClient&) = delete;

  using OnReply = absl::AnyInvocable<void(HttpReply)>;
  // `on_reply` comes exactly once, unless the client is destroyed before.
  void Call(HttpCall call, OnReply on_reply);

  struct SocketHandlers {
    absl::AnyInvocable<void()> on_open;
    absl::AnyInvocable<void(std::string_view text)> on_text;
    // Binary messages; without it they come as texts do.
    absl::AnyInvocable<void(std::string_view bytes)> on_binary = {};
    // Also if it never opened. The last one of all.
    absl::AnyInvocable<void(std::string reason)> on_closed;
  };
  // An open WebSocket; forgetting it closes it, silently.
  class Socket;
  // `protocol`: the subprotocol that is asked for (RFC 6455 §1.9); empty: none.
  std::unique_ptr<Socket> Open(const std::string& url, SocketHandlers handlers,
                               std::string protocol = {});

 private:
  struct State;
  explicit WebClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class WebClient::Socket {
 public:
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  void Send(std::string_view text);
  void SendBinary(std::string_view bytes);

 private:
  friend class WebClient;
  struct Connection;
  explicit Socket(std::shared_ptr<Connection> connection);
  void Queue(std::string_view message, bool binary);
  std::shared_ptr<Connection> connection_;
};

}  // namespace stellwerk::synthetic
