#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include "controller/http/http_message.h"
#include "controller/http/tls_identity.h"
#include "rtc/base/strong_int.h"

namespace stellwerk {

// One WebSocket in this server's life; 0 is none.
using WebSocketId = StrongInt<struct WebSocketIdTag, uint64_t>;

// HTTP/1.1 and WebSocket on one address, plain or TLS, by libwebsockets on the caller's libuv loop.
class HttpServer {
 public:
  static constexpr std::size_t kMaxBody = 256 * 1024;
  static constexpr std::size_t kMaxMessage = 256 * 1024;
  // What may wait for a client that does not read; with more it is cut off.
  static constexpr std::size_t kMaxQueue = 2 * 1024 * 1024;

  struct Options {
    std::string ip = "127.0.0.1";
    uint16_t port = 0;
    std::optional<TlsIdentity> tls;
    std::size_t max_connections = 10'000;
    std::string web_socket_path = "/signal";
    std::vector<std::string> allowed_origins;
  };
  struct Handlers {
    absl::AnyInvocable<HttpResponse(const HttpRequest&)> on_request;
    absl::AnyInvocable<void(WebSocketId)> on_open;
    absl::AnyInvocable<void(WebSocketId, std::string_view text)> on_text;
    absl::AnyInvocable<void(WebSocketId)> on_closed;
  };
  struct Counters {
    uint64_t requests = 0;
    uint64_t web_sockets = 0;          // opened
    uint64_t refused_connections = 0;  // above max_connections
    uint64_t refused_origins = 0;
    uint64_t oversized = 0;       // messages and bodies
    uint64_t slow_readers = 0;    // cut off
    std::size_t connections = 0;  // open now
  };

  // The error says which address is taken, or what is wrong with the certificate.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(uv_loop_t* loop, Options options,
                                                           Handlers handlers);
  // Ends all connections; the loop has to run on until it is empty.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Ignored for a WebSocket that is gone.
  void Send(WebSocketId id, std::string text);
  // After everything that was sent before. `code`: RFC 6455 §7.4.
  void Close(WebSocketId id, uint16_t code, std::string_view reason);

  [[nodiscard]] uint16_t port() const;
  // "http://127.0.0.1:8080".
  [[nodiscard]] std::string url() const;
  // The same at another address of this host, for a server that listens on all of them.
  [[nodiscard]] std::string UrlAt(const std::string& ip) const;
  [[nodiscard]] const Counters& counters() const;

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace stellwerk
