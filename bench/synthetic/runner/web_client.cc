#include "bench/synthetic/runner/web_client.h"

#include <libwebsockets.h>

#include <array>
#include <deque>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "bench/synthetic/runner/url.h"

namespace stellwerk::synthetic {
namespace {

constexpr std::size_t kChunk = 4096;
// libuv calls the close callbacks of handles a turn after uv_close; closing a connection may take
// two.
constexpr int kTurnsToEnd = 8;

std::string Header(lws* wsi, lws_token_indexes token) {
  const int length = lws_hdr_total_length(wsi, token);
  if (length <= 0) return {};
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  const int copied = lws_hdr_copy(wsi, text.data(), static_cast<int>(text.size()), token);
  text.resize(copied > 0 ? static_cast<std::size_t>(copied) : 0);
  return text;
}

bool AddHeader(lws* wsi, lws_token_indexes token, const std::string& value, unsigned char** at,
               unsigned char* end) {
  if (value.empty()) return true;
  const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
  return lws_add_http_header_by_token(wsi, token, bytes, static_cast<int>(value.size()), at, end) ==
         0;
}

}  // namespace

// One connection: of one call, or of a WebSocket.
struct WebClient::Socket::Connection {
  lws* wsi = nullptr;
  bool is_web_socket = false;
  bool finished = false;
  // A call.
  HttpCall call;
  HttpReply reply;
  OnReply on_reply;
  // A WebSocket.
  SocketHandlers handlers;
  bool open = false;
  bool closing = false;  // nobody wants to hear of it any more
  std::string incoming;
  std::string protocol;
  struct Message {
    std::string bytes;  // with LWS_PRE bytes in front
    bool binary = false;
  };
  std::deque<Message> queue;
};

struct WebClient::State {
  using Connection = Socket::Connection;

  uv_loop_t* loop = nullptr;
  lws_context* context = nullptr;
  std::array<lws_protocols, 2> protocols{};
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;

  absl::Status Start();
  void Stop();
  void Connect(std::shared_ptr<Connection> connection, const std::string& url);
  void Finish(Connection& connection, std::string error);
  int Handle(lws* wsi, Connection& connection, lws_callback_reasons reason, void* in,
             std::size_t size);
  int HandleHttp(lws* wsi, Connection& connection, lws_callback_reasons reason, void* in,
                 std::size_t size);
  int WriteHeaders(lws* wsi, const HttpCall& call, void* in, std::size_t size);
  int WriteNext(lws* wsi, Connection& connection);
  static void DeliverMessage(Connection& connection, bool binary);

  static int Callback(lws* wsi, lws_callback_reasons reason, void* user, void* in,
                      std::size_t size);
};

int WebClient::State::Callback(lws* wsi, lws_callback_reasons reason, void* /*user*/, void* in,
                               std::size_t size) {
  auto* connection = static_cast<Connection*>(lws_get_opaque_user_data(wsi));
  auto* state = static_cast<State*>(lws_context_user(lws_get_context(wsi)));
  if (connection == nullptr || state == nullptr || !state->connections.contains(connection))
    return 0;
  // A handler may forget the connection; it stays until we are done with it.
  const std::shared_ptr<Connection> kept = state->connections[connection];
  return state->Handle(wsi, *kept, reason, in, size);
}

int WebClient::State::Handle(lws* wsi, Connection& connection, lws_callback_reasons reason,
                             void* in, std::size_t size) {
  const std::string_view text(static_cast<const char*>(in), in == nullptr ? 0 : size);
  switch (reason) {
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      Finish(connection, text.empty() ? "no connection" : std::string(text));
      return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
      Finish(connection, "closed");
      return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      connection.open = true;
      if (!connection.closing) connection.handlers.on_open();
      return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
      connection.incoming += text;
      if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) != 0) return 0;
      DeliverMessage(connection, lws_frame_is_binary(wsi) != 0);
      return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return WriteNext(wsi, connection);
    default:
      return connection.is_web_socket ? 0 : HandleHttp(wsi, connection, reason, in, size);
  }
}

void WebClient::State::DeliverMessage(Connection& connection, bool binary) {
  const std::string message = std::exchange(connection.incoming, {});
  if (connection.closing) return;
  if (binary && connection.handlers.on_binary) return connection.handlers.on_binary(message);
  connection.handlers.on_text(message);
}

int WebClient::State::WriteNext(lws* wsi, Connection& connection) {
  if (!connection.queue.empty()) {
    Connection::Message& message = connection.queue.front();
    const std::size_t size = message.bytes.size() - LWS_PRE;
    auto* bytes = reinterpret_cast<unsigned char*>(message.bytes.data()) + LWS_PRE;
    const lws_write_protocol kind = message.binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    if (lws_write(wsi, bytes, size, kind) < static_cast<int>(size)) return -1;
    connection.queue.pop_front();
    lws_callback_on_writable(wsi);
    return 0;
  }
  if (!connection.closing) return 0;
  lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, nullptr, 0);
  return -1;
}

int WebClient::State::HandleHttp(lws* wsi, Connection& connection, lws_callback_reasons reason,
                                 void* in, std::size_t size) {
  switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
      return WriteHeaders(wsi, connection.call, in, size);
    case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE: {
      if (connection.call.body.empty()) return 0;
      std::string body = std::string(LWS_PRE, '\0') + std::exchange(connection.call.body, {});
      const std::size_t bytes = body.size() - LWS_PRE;
      lws_client_http_body_pending(wsi, 0);
      auto* start = reinterpret_cast<unsigned char*>(body.data()) + LWS_PRE;
      return lws_write(wsi, start, bytes, LWS_WRITE_HTTP_FINAL) < static_cast<int>(bytes) ? -1 : 0;
    }
    case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
      connection.reply.status = static_cast<int>(lws_http_client_http_response(wsi));
      connection.reply.location = Header(wsi, WSI_TOKEN_HTTP_LOCATION);
      connection.reply.content_type = Header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE);
      connection.reply.server = Header(wsi, WSI_TOKEN_HTTP_SERVER);
      return 0;
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: {
      std::array<char, LWS_PRE + kChunk> buffer{};
      char* at = buffer.data() + LWS_PRE;
      int room = kChunk;
      return lws_http_client_read(wsi, &at, &room) < 0 ? -1 : 0;
    }
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
      connection.reply.body.append(static_cast<const char*>(in), size);
      return 0;
    case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
      Finish(connection, "");
      return -1;  // one connection, one call
    case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
      Finish(connection, connection.reply.status == 0 ? "closed without a reply" : "");
      return 0;
    default:
      return 0;
  }
}

int WebClient::State::WriteHeaders(lws* wsi, const HttpCall& call, void* in, std::size_t size) {
  auto** at = static_cast<unsigned char**>(in);
  unsigned char* end = *at + size;
  if (!AddHeader(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, call.authorization, at, end)) return -1;
  if (call.body.empty()) return 0;
  if (!AddHeader(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, call.content_type, at, end)) return -1;
  const std::string length = std::to_string(call.body.size());
  if (!AddHeader(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, at, end)) return -1;
  lws_client_http_body_pending(wsi, 1);
  lws_callback_on_writable(wsi);
  return 0;
}

void WebClient::State::Finish(Connection& connection, std::string error) {
  if (connection.finished) return;
  connection.finished = true;
  connection.wsi = nullptr;
  const std::shared_ptr<Connection> kept = connections[&connection];
  connections.erase(&connection);
  if (connection.is_web_socket) {
    if (!connection.closing) connection.handlers.on_closed(std::move(error));
    return;
  }
  connection.reply.error = std::move(error);
  connection.on_reply(std::move(connection.reply));
}

absl::Status WebClient::State::Start() {
  lws_set_log_level(0, nullptr);
  protocols[0].name = "stellwerk-client";
  protocols[0].callback = &State::Callback;
  protocols[0].rx_buffer_size = kChunk;
  void* loops[] = {loop};
  lws_context_creation_info info{};
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.foreign_loops = loops;
  info.protocols = protocols.data();
  info.user = this;
  info.pcontext = &context;
  info.timeout_secs = 10;
  context = lws_create_context(&info);
  if (context != nullptr) return absl::OkStatus();
  return absl::InternalError(
      "libwebsockets does not start; is the package libwebsockets-evlib-uv installed?");
}

// On a loop that is not its own libwebsockets ends in two steps: the first closes its handles,
// which takes libuv some turns, the second frees the context and sets our pointer to null.
void WebClient::State::Stop() {
  connections.clear();
  if (context != nullptr) lws_context_destroy(context);
  for (int i = 0; i < kTurnsToEnd; ++i) uv_run(loop, UV_RUN_NOWAIT);
  if (context != nullptr) lws_context_destroy(context);
  for (int i = 0; i < kTurnsToEnd; ++i) uv_run(loop, UV_RUN_NOWAIT);
}

void WebClient::State::Connect(std::shared_ptr<Connection> connection, const std::string& url) {
  Connection& c = *connection;
  connections[&c] = std::move(connection);
  const auto parsed = Url::Parse(url);
  if (!parsed) return Finish(c, "not a URL: " + url);
  const std::string authority = parsed->Authority();
  lws_client_connect_info info{};
  info.context = context;
  info.address = parsed->host.c_str();
  info.port = parsed->port;
  info.path = parsed->path.c_str();
  info.host = authority.c_str();
  if (!c.protocol.empty()) info.protocol = c.protocol.c_str();
  info.method = c.is_web_socket ? nullptr : c.call.method.c_str();
  // Without it libwebsockets does not bind the connection to the protocol, and swallows replies'
  // bodies.
  info.local_protocol_name = protocols[0].name;
  info.opaque_user_data = &c;
  info.pwsi = &c.wsi;
  if (parsed->tls) {
    info.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED | LCCSCF_ALLOW_EXPIRED |
                          LCCSCF_ALLOW_INSECURE | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
  }
  const std::shared_ptr<Connection> kept = connections[&c];
  if (lws_client_connect_via_info(&info) == nullptr) Finish(*kept, "no connection");
}

WebClient::WebClient(std::unique_ptr<State> state) : state_(std::move(state)) {}

absl::StatusOr<std::unique_ptr<WebClient>> WebClient::Create(uv_loop_t* loop) {
  auto state = std::make_unique<State>();
  state->loop = loop;
  if (auto status = state->Start(); !status.ok()) return status;
  return std::unique_ptr<WebClient>(new WebClient(std::move(state)));
}

WebClient::~WebClient() { state_->Stop(); }

void WebClient::Call(HttpCall call, OnReply on_reply) {
  auto connection = std::make_shared<Socket::Connection>();
  connection->call = std::move(call);
  connection->on_reply = std::move(on_reply);
  const std::string url = connection->call.url;
  state_->Connect(std::move(connection), url);
}

std::unique_ptr<WebClient::Socket> WebClient::Open(const std::string& url, SocketHandlers handlers,
                                                   std::string protocol) {
  auto connection = std::make_shared<Socket::Connection>();
  connection->is_web_socket = true;
  connection->protocol = std::move(protocol);
  connection->handlers = std::move(handlers);
  std::unique_ptr<Socket> socket(new Socket(connection));
  state_->Connect(std::move(connection), url);
  return socket;
}

WebClient::Socket::Socket(std::shared_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

WebClient::Socket::~Socket() {
  connection_->closing = true;
  if (connection_->wsi != nullptr && connection_->open) lws_callback_on_writable(connection_->wsi);
}

void WebClient::Socket::Send(std::string_view text) { Queue(text, false); }

void WebClient::Socket::SendBinary(std::string_view bytes) { Queue(bytes, true); }

void WebClient::Socket::Queue(std::string_view message, bool binary) {
  if (connection_->wsi == nullptr || connection_->closing) return;
  connection_->queue.push_back({std::string(LWS_PRE, '\0') + std::string(message), binary});
  lws_callback_on_writable(connection_->wsi);
}

}  // namespace stellwerk::synthetic
