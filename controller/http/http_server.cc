#include "controller/http/http_server.h"

#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include <absl/container/flat_hash_map.h>

#include "controller/http/listener.h"
#include "controller/http/security_headers.h"

namespace stellwerk {
namespace {

constexpr std::size_t kChunk = 16 * 1024;
constexpr std::size_t kHeaderSpace = 8 * 1024;
// Of an oversized message so much is still read, so that the client reads our reason before it sees
// a reset.
constexpr std::size_t kMaxDiscarded = 16 * HttpServer::kMaxMessage;

// How long a client may take to answer our close frame.
constexpr int kCloseSeconds = 3;
// libuv calls the close callbacks of handles one turn after uv_close; closing a connection may take
// two.
constexpr int kTurnsToEnd = 4;

// One accepted connection, for all of its requests, or for its WebSocket.
struct Connection {
  // HTTP
  HttpRequest request;
  HttpResponse response;
  std::size_t body_sent = 0;
  bool is_head = false;
  bool close_after = false;
  // WebSocket
  WebSocketId id;
  std::string incoming;
  std::size_t discarded = 0;
  bool too_large = false;
  std::deque<std::string> queue;  // each with LWS_PRE bytes in front
  std::size_t queued_bytes = 0;
  bool closing = false;
  bool close_sent = false;
  uint16_t close_code = 1000;
  std::string close_reason;
};

std::string Header(lws* wsi, lws_token_indexes token) {
  const int length = lws_hdr_total_length(wsi, token);
  if (length <= 0) return {};
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  const int copied = lws_hdr_copy(wsi, text.data(), static_cast<int>(text.size()), token);
  text.resize(copied > 0 ? static_cast<std::size_t>(copied) : 0);
  return text;
}

HttpRequest ReadRequest(lws* wsi) {
  static constexpr std::array<std::pair<lws_token_indexes, const char*>, 7> kMethods = {{
      {WSI_TOKEN_GET_URI, "GET"},
      {WSI_TOKEN_POST_URI, "POST"},
      {WSI_TOKEN_OPTIONS_URI, "OPTIONS"},
      {WSI_TOKEN_PUT_URI, "PUT"},
      {WSI_TOKEN_PATCH_URI, "PATCH"},
      {WSI_TOKEN_DELETE_URI, "DELETE"},
      {WSI_TOKEN_HEAD_URI, "HEAD"},
  }};
  HttpRequest request;
  for (const auto& [token, method] : kMethods) {
    if (lws_hdr_total_length(wsi, token) == 0) continue;
    request.method = method;
    request.path = Header(wsi, token);
  }
  request.authorization = Header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
  request.content_type = Header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE);
  request.origin = Header(wsi, WSI_TOKEN_ORIGIN);
  request.host = Header(wsi, WSI_TOKEN_HOST);
  request.if_none_match = Header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH);
  return request;
}

bool AddHeader(lws* wsi, std::string_view name, std::string_view value, unsigned char** p,
               unsigned char* end) {
  const std::string field = std::string(name) + ":";
  return lws_add_http_header_by_name(wsi, reinterpret_cast<const unsigned char*>(field.c_str()),
                                     reinterpret_cast<const unsigned char*>(value.data()),
                                     static_cast<int>(value.size()), p, end) == 0;
}

}  // namespace

struct HttpServer::State {
  Options options;
  Handlers handlers;
  Counters counters;
  lws_context* context = nullptr;
  lws_vhost* vhost = nullptr;
  std::unique_ptr<Listener> listener;
  std::array<lws_protocols, 2> protocols{};
  lws_retry_bo_t keepalive{};
  uint64_t next_id = 1;
  absl::flat_hash_map<WebSocketId, lws*> web_sockets;
  bool stopping = false;
  uv_loop_t* loop = nullptr;
  uv_idle_t reaper{};
  int turns_to_end = 0;

  static int Callback(lws* wsi, lws_callback_reasons reason, void* user, void* in,
                      std::size_t length);
  int HandleHttp(lws* wsi);
  int HandleBody(lws* wsi, std::string_view bytes);
  int Respond(lws* wsi, Connection& connection);
  int Finish(lws* wsi, Connection& connection);
  int WriteBody(lws* wsi, Connection& connection);
  int ConfirmUpgrade(lws* wsi);
  void Opened(lws* wsi);
  int Receive(lws* wsi, std::string_view bytes);
  int WriteMessage(lws* wsi, Connection& connection);
  void Adopt(int fd);
  absl::Status Start(uv_loop_t* uv_loop);
  static void Retire(std::unique_ptr<State> state);
};

namespace {

Connection& ConnectionOf(lws* wsi) {
  auto* connection = static_cast<Connection*>(lws_get_opaque_user_data(wsi));
  if (connection == nullptr) {
    connection = new Connection;
    lws_set_opaque_user_data(wsi, connection);
  }
  return *connection;
}

}  // namespace

int HttpServer::State::Callback(lws* wsi, lws_callback_reasons reason, void*, void* in,
                                std::size_t length) {
  auto* state = static_cast<State*>(lws_context_user(lws_get_context(wsi)));
  const std::string_view bytes(static_cast<const char*>(in), in == nullptr ? 0 : length);
  switch (reason) {
    case LWS_CALLBACK_HTTP:
      return state->HandleHttp(wsi);
    case LWS_CALLBACK_HTTP_BODY:
      return state->HandleBody(wsi, bytes);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION: {
      Connection& connection = ConnectionOf(wsi);
      connection.response = state->handlers.on_request(connection.request);
      return state->Respond(wsi, connection);
    }
    case LWS_CALLBACK_HTTP_WRITEABLE:
      return state->WriteBody(wsi, ConnectionOf(wsi));
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return state->ConfirmUpgrade(wsi);
    case LWS_CALLBACK_ESTABLISHED:
      state->Opened(wsi);
      return 0;
    case LWS_CALLBACK_RECEIVE:
      return state->Receive(wsi, bytes);
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return state->WriteMessage(wsi, ConnectionOf(wsi));
    case LWS_CALLBACK_CLOSED: {
      const WebSocketId id = ConnectionOf(wsi).id;
      if (state->web_sockets.erase(id) > 0 && !state->stopping) state->handlers.on_closed(id);
      return 0;
    }
    case LWS_CALLBACK_WSI_DESTROY:
      delete static_cast<Connection*>(lws_get_opaque_user_data(wsi));
      lws_set_opaque_user_data(wsi, nullptr);
      if (state != nullptr && lws_get_vhost(wsi) == state->vhost &&
          state->counters.connections > 0) {
        --state->counters.connections;
      }
      return 0;
    default:
      return 0;
  }
}

int HttpServer::State::HandleHttp(lws* wsi) {
  Connection& connection = ConnectionOf(wsi);
  connection.request = ReadRequest(wsi);
  connection.is_head = connection.request.method == "HEAD";
  connection.body_sent = 0;
  connection.close_after = false;
  ++counters.requests;
  const std::string length_text = Header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
  const bool has_body = !length_text.empty() && length_text != "0";
  if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
    connection.close_after = true;
    connection.response = TextResponse(411, "a body needs a Content-Length");
    return Respond(wsi, connection);
  }
  const bool is_number =
      length_text.size() <= 9 && std::all_of(length_text.begin(), length_text.end(),
                                             [](char c) { return c >= '0' && c <= '9'; });
  if (has_body && (!is_number || std::stoul(length_text) > kMaxBody)) {
    ++counters.oversized;
    connection.close_after = true;
    connection.response = TextResponse(413, "the body has " + length_text + " bytes, at most " +
                                                std::to_string(kMaxBody) + " are read");
    return Respond(wsi, connection);
  }
  if (has_body) return 0;
  // libwebsockets waits for a body of unknown length in these cases.
  connection.close_after = length_text.empty() && connection.request.method.starts_with('P');
  connection.response = handlers.on_request(connection.request);
  return Respond(wsi, connection);
}

int HttpServer::State::HandleBody(lws* wsi, std::string_view bytes) {
  Connection& connection = ConnectionOf(wsi);
  if (connection.request.body.size() + bytes.size() > kMaxBody) return -1;
  connection.request.body.append(bytes);
  return 0;
}

int HttpServer::State::Respond(lws* wsi, Connection& connection) {
  connection.request = {};
  const HttpResponse& response = connection.response;
  std::array<unsigned char, LWS_PRE + kHeaderSpace> buffer{};
  unsigned char* const start = buffer.data() + LWS_PRE;
  unsigned char* p = start;
  unsigned char* const end = buffer.data() + buffer.size();
  bool ok = lws_add_http_header_status(wsi, static_cast<unsigned>(response.status), &p, end) == 0;
  for (const auto& [name, value] : SecurityHeaders())
    ok = ok && AddHeader(wsi, name, value, &p, end);
  if (!response.content_type.empty())
    ok = ok && AddHeader(wsi, "content-type", response.content_type, &p, end);
  bool has_cache_control = false;
  for (const auto& [name, value] : response.headers) {
    ok = ok && AddHeader(wsi, name, value, &p, end);
    has_cache_control = has_cache_control || name == "cache-control";
  }
  if (!has_cache_control) ok = ok && AddHeader(wsi, "cache-control", "no-store", &p, end);
  // RFC 9110 §8.6: none with 204 and 304.
  if (response.status != 204 && response.status != 304) {
    ok = ok && AddHeader(wsi, "content-length", std::to_string(response.body.size()), &p, end);
  }
  if (connection.close_after) ok = ok && AddHeader(wsi, "connection", "close", &p, end);
  if (!ok || lws_finalize_write_http_header(wsi, start, &p, end) != 0) return -1;
  if (response.body.empty() || connection.is_head) return Finish(wsi, connection);
  lws_callback_on_writable(wsi);
  return 0;
}

int HttpServer::State::WriteBody(lws* wsi, Connection& connection) {
  const std::string& body = connection.response.body;
  if (connection.body_sent >= body.size()) return 0;
  const std::size_t size = std::min(kChunk, body.size() - connection.body_sent);
  std::vector<unsigned char> buffer(LWS_PRE + size);
  std::copy_n(body.begin() + static_cast<std::ptrdiff_t>(connection.body_sent), size,
              buffer.begin() + LWS_PRE);
  connection.body_sent += size;
  const bool last = connection.body_sent == body.size();
  const int written =
      lws_write(wsi, buffer.data() + LWS_PRE, size, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
  if (written < static_cast<int>(size)) return -1;
  if (last) return Finish(wsi, connection);
  lws_callback_on_writable(wsi);
  return 0;
}

int HttpServer::State::Finish(lws* wsi, Connection& connection) {
  connection.response = {};
  connection.body_sent = 0;
  if (connection.close_after) return -1;
  return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

int HttpServer::State::ConfirmUpgrade(lws* wsi) {
  const HttpRequest request = ReadRequest(wsi);
  if (request.path != options.web_socket_path) {
    return lws_return_http_status(wsi, 404, nullptr) < 0 ? -1 : 1;
  }
  if (!IsAllowedOrigin(request.origin, request.host, options.allowed_origins)) {
    ++counters.refused_origins;
    return lws_return_http_status(wsi, 403, nullptr) < 0 ? -1 : 1;
  }
  return 0;
}

void HttpServer::State::Opened(lws* wsi) {
  Connection& connection = ConnectionOf(wsi);
  connection.id = WebSocketId(next_id++);
  web_sockets[connection.id] = wsi;
  ++counters.web_sockets;
  handlers.on_open(connection.id);
}

int HttpServer::State::Receive(lws* wsi, std::string_view bytes) {
  Connection& connection = ConnectionOf(wsi);
  if (connection.closing && !connection.too_large) return 0;
  const bool complete = lws_is_final_fragment(wsi) != 0 && lws_remaining_packet_payload(wsi) == 0;
  if (connection.too_large || connection.incoming.size() + bytes.size() > kMaxMessage) {
    if (!connection.too_large) ++counters.oversized;
    connection.too_large = true;
    connection.incoming = std::string();
    connection.discarded += bytes.size();
    if (!complete && connection.discarded > kMaxDiscarded) {
      shutdown(lws_get_socket_fd(wsi), SHUT_RDWR);  // a polite close would go on reading
      return -1;
    }
    if (!complete) return 0;
    std::string reason = "a message has at most " + std::to_string(kMaxMessage) + " bytes";
    lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE,
                     reinterpret_cast<unsigned char*>(reason.data()), reason.size());
    return -1;
  }
  connection.incoming.append(bytes);
  if (!complete) return 0;
  const std::string message = std::exchange(connection.incoming, {});
  if (lws_frame_is_binary(wsi) != 0) {
    std::string reason = "messages are text";
    lws_close_reason(wsi, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE,
                     reinterpret_cast<unsigned char*>(reason.data()), reason.size());
    return -1;
  }
  handlers.on_text(connection.id, message);
  return 0;
}

int HttpServer::State::WriteMessage(lws* wsi, Connection& connection) {
  if (!connection.queue.empty()) {
    std::string message = std::move(connection.queue.front());
    connection.queue.pop_front();
    const std::size_t size = message.size() - LWS_PRE;
    connection.queued_bytes -= size;
    auto* data = reinterpret_cast<unsigned char*>(message.data()) + LWS_PRE;
    if (lws_write(wsi, data, size, LWS_WRITE_TEXT) < static_cast<int>(size)) return -1;
    if (!connection.queue.empty() || connection.closing) lws_callback_on_writable(wsi);
    return 0;
  }
  if (!connection.closing || connection.close_sent) return 0;
  // Returning -1 from this callback closes without a word on libuv: its second look at the
  // connection kills it before the frame is out. So the frame goes out by the number that the
  // header reserves for it; the client's answer ends the connection.
  constexpr auto kWriteClose = static_cast<lws_write_protocol>(4);
  connection.close_sent = true;
  std::string frame(LWS_PRE, '\0');
  frame += static_cast<char>(connection.close_code >> 8);
  frame += static_cast<char>(connection.close_code & 0xFF);
  frame += connection.close_reason;
  lws_set_timeout(wsi, PENDING_TIMEOUT_CLOSE_ACK, kCloseSeconds);
  const std::size_t size = frame.size() - LWS_PRE;
  auto* data = reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE;
  return lws_write(wsi, data, size, kWriteClose) < static_cast<int>(size) ? -1 : 0;
}

void HttpServer::State::Adopt(int fd) {
  if (counters.connections >= options.max_connections) {
    ++counters.refused_connections;
    close(fd);
    return;
  }
  // It closes the socket itself when it fails.
  if (lws_adopt_socket_vhost(vhost, fd) != nullptr) ++counters.connections;
}

absl::Status HttpServer::State::Start(uv_loop_t* uv_loop) {
  loop = uv_loop;
  // Its messages can have addresses in them; what matters is counted.
  lws_set_log_level(0, nullptr);
  protocols[0].name = "stellwerk";
  protocols[0].callback = &State::Callback;
  protocols[0].rx_buffer_size = kChunk;
  keepalive.secs_since_valid_ping = 15;
  keepalive.secs_since_valid_hangup = 30;

  void* loops[] = {loop};
  lws_context_creation_info info{};
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                 LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_DISABLE_IPV6;
  if (options.tls) info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
  info.foreign_loops = loops;
  info.protocols = protocols.data();
  info.user = this;
  info.pcontext = &context;
  info.max_http_header_data = 8192;
  info.timeout_secs = 10;
  info.keepalive_timeout = 30;
  info.retry_and_idle_policy = &keepalive;
  info.server_string = "stellwerk";
  if (options.tls) {
    info.server_ssl_cert_mem = options.tls->certificate.data();
    info.server_ssl_cert_mem_len = static_cast<unsigned>(options.tls->certificate.size());
    info.server_ssl_private_key_mem = options.tls->key.data();
    info.server_ssl_private_key_mem_len = static_cast<unsigned>(options.tls->key.size());
    info.ssl_options_set = static_cast<long>(SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1);
    info.alpn = "http/1.1";
  }
  context = lws_create_context(&info);
  if (context == nullptr) {
    return absl::InternalError(
        "libwebsockets does not start; is the package libwebsockets-evlib-uv installed?");
  }
  vhost = lws_create_vhost(context, &info);
  if (vhost == nullptr)
    return absl::InvalidArgumentError("TLS does not start with this certificate and key");
  auto listening = Listener::Listen(loop, options.ip, options.port, [this](int fd) { Adopt(fd); });
  if (!listening.ok()) return listening.status();
  listener = *std::move(listening);
  return absl::OkStatus();
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(uv_loop_t* loop, Options options,
                                                              Handlers handlers) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->handlers = std::move(handlers);
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(state)));
  const absl::Status status = server->state_->Start(loop);
  if (!status.ok()) return status;
  return server;
}

HttpServer::~HttpServer() { State::Retire(std::move(state_)); }

// On a loop that is not its own libwebsockets ends in two steps: the first call closes its handles,
// which takes libuv some turns, and calls back meanwhile; the second, after that, frees the context
// and sets our pointer to null.
void HttpServer::State::Retire(std::unique_ptr<State> state) {
  state->stopping = true;
  state->listener.reset();
  if (state->context == nullptr) return;
  lws_context_destroy(state->context);
  State* retired = state.release();
  uv_idle_init(retired->loop, &retired->reaper);
  retired->reaper.data = retired;
  uv_idle_start(&retired->reaper, [](uv_idle_t* idle) {
    auto* self = static_cast<State*>(idle->data);
    if (++self->turns_to_end < kTurnsToEnd) return;
    if (self->context != nullptr) lws_context_destroy(self->context);
    uv_close(reinterpret_cast<uv_handle_t*>(idle),
             [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
  });
}

void HttpServer::Send(WebSocketId id, std::string text) {
  const auto it = state_->web_sockets.find(id);
  if (it == state_->web_sockets.end()) return;
  Connection& connection = ConnectionOf(it->second);
  if (connection.closing) return;
  if (connection.queued_bytes + text.size() > kMaxQueue) {
    ++state_->counters.slow_readers;
    connection.queue.clear();
    connection.queued_bytes = 0;
    return Close(id, 1013, "the client does not read");  // RFC 6455 registry: try again later
  }
  connection.queued_bytes += text.size();
  connection.queue.push_back(std::string(LWS_PRE, '\0') + text);
  lws_callback_on_writable(it->second);
}

void HttpServer::Close(WebSocketId id, uint16_t code, std::string_view reason) {
  const auto it = state_->web_sockets.find(id);
  if (it == state_->web_sockets.end()) return;
  Connection& connection = ConnectionOf(it->second);
  if (connection.closing) return;
  connection.closing = true;
  connection.close_code = code;
  connection.close_reason =
      std::string(reason.substr(0, 123));  // RFC 6455 §5.5: 125 bytes with the code
  lws_callback_on_writable(it->second);
}

uint16_t HttpServer::port() const { return state_->listener->port(); }

std::string HttpServer::url() const { return UrlAt(state_->options.ip); }

std::string HttpServer::UrlAt(const std::string& ip) const {
  const bool v6 = ip.find(':') != std::string::npos;
  return std::string(state_->options.tls ? "https://" : "http://") + (v6 ? "[" + ip + "]" : ip) +
         ":" + std::to_string(port());
}

const HttpServer::Counters& HttpServer::counters() const { return state_->counters; }

}  // namespace stellwerk
