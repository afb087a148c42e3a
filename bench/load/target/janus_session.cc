#include "bench/load/target/janus_session.h"

#include <utility>

namespace stellwerk::load {
namespace {

using Json = nlohmann::json;

// The server forgets a session after 60 s of silence.
constexpr TimeDelta kKeepAlive = std::chrono::seconds(25);

uint64_t Number(const Json& object, std::string_view key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number_unsigned() ? it->get<uint64_t>() : 0;
}

}  // namespace

Json JanusJsep(std::string_view type, std::string_view sdp) {
  return {{"type", type}, {"sdp", sdp}};
}

std::string JsonText(const Json& object, std::string_view key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

const Json& JsonChild(const Json& object, std::string_view key) {
  static const Json kEmpty = Json::object();
  const auto it = object.find(key);
  return it != object.end() && it->is_structured() ? *it : kEmpty;
}

JanusSession::JanusSession(const TargetOptions& options, synthetic::Swarm& swarm,
                           synthetic::WebClient& web, Handlers handlers)
    : options_(options), swarm_(swarm), handlers_(std::move(handlers)) {
  socket_ = web.Open(options_.url,
                     {.on_open = [this] { Create(); },
                      .on_text = [this](std::string_view text) { HandleText(text); },
                      .on_closed =
                          [this](std::string reason) {
                            Fail(created() ? "the signalling connection ended: " + reason
                                           : "cannot be reached: " + reason);
                          }},
                     "janus-protocol");
}

JanusSession::~JanusSession() { silent_ = true; }

void JanusSession::Create() {
  Request({{"janus", "create"}}, [this](const Json& reply) {
    id_ = Number(JsonChild(reply, "data"), "id");
    if (id_ == 0) return Fail("the server gives a session without a number");
    next_keep_alive_ = swarm_.Now() + kKeepAlive;
    handlers_.on_created();
  });
}

void JanusSession::Info(OnReply on_reply) {
  const std::string transaction = "info";
  pending_[transaction] = std::move(on_reply);
  // It concerns no session, and is refused with the number of one.
  const Json request = {{"janus", "info"}, {"transaction", transaction}};
  socket_->Send(request.dump());
}

void JanusSession::Attach(std::string_view plugin, OnHandle on_handle) {
  Request({{"janus", "attach"}, {"plugin", plugin}},
          [this, done = std::move(on_handle)](const Json& reply) mutable {
            const uint64_t handle = Number(JsonChild(reply, "data"), "id");
            if (handle == 0) return Fail("the server gives a handle without a number");
            done(handle);
          });
}

void JanusSession::Message(uint64_t handle, Json body, Json jsep, OnReply on_reply) {
  Json request = {{"janus", "message"}, {"handle_id", handle}, {"body", std::move(body)}};
  if (!jsep.is_null()) request["jsep"] = std::move(jsep);
  Request(std::move(request), std::move(on_reply));
}

void JanusSession::Destroy() {
  if (!created()) return;
  Request({{"janus", "destroy"}}, [](const Json&) {});
  silent_ = true;
}

void JanusSession::KeepAlive(Timestamp now) {
  if (now < next_keep_alive_ || silent_) return;
  next_keep_alive_ = now + kKeepAlive;
  Send({{"janus", "keepalive"}, {"transaction", "alive"}});
}

void JanusSession::Request(Json request, OnReply on_reply) {
  const std::string transaction = std::to_string(next_transaction_++);
  request["transaction"] = transaction;
  pending_[transaction] = std::move(on_reply);
  Send(std::move(request));
}

void JanusSession::Send(Json request) {
  if (silent_ || socket_ == nullptr) return;
  if (id_ != 0) request["session_id"] = id_;
  if (!options_.secret.empty()) request["apisecret"] = options_.secret;
  if (!options_.token.empty()) request["token"] = options_.token;
  socket_->Send(request.dump());
}

void JanusSession::HandleText(std::string_view text) {
  if (silent_) return;
  const Json message = Json::parse(text, nullptr, false);
  if (!message.is_object()) return Fail("the server sends something that is no JSON object");
  try {
    HandleMessage(message);
  } catch (const Json::exception& e) {
    Fail(std::string("the server sends something unexpected: ") + e.what());
  }
}

void JanusSession::HandleMessage(const Json& message) {
  const std::string kind = JsonText(message, "janus");
  if (kind == "ack") return;
  const Json& data = JsonChild(JsonChild(message, "plugindata"), "data");
  if (kind == "error") {
    const Json& error = JsonChild(message, "error");
    return Fail("the server refuses: " + JsonText(error, "reason"));
  }
  if (data.contains("error")) return Fail("the server refuses: " + JsonText(data, "error"));
  const auto waiting = pending_.find(JsonText(message, "transaction"));
  if (waiting != pending_.end()) {
    OnReply on_reply = std::move(waiting->second);
    pending_.erase(waiting);
    return on_reply(message);
  }
  if (kind == "timeout") return Fail("the server ended the session for lack of a sign of life");
  handlers_.on_event(Number(message, "sender"), message);
}

void JanusSession::Fail(std::string reason) {
  if (silent_ || std::exchange(failed_, true)) return;
  handlers_.on_failed(std::move(reason));
}

}  // namespace stellwerk::load
