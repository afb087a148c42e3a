#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "bench/load/target/target.h"

namespace stellwerk::load {

// One session of the Janus API over a WebSocket of its own (subprotocol janus-protocol): requests
// with transactions, plug-in handles, events. https://janus.conf.meetecho.com/docs/rest.html
class JanusSession {
 public:
  using Json = nlohmann::json;
  // The final reply: never an acknowledgement, never an error.
  using OnReply = absl::AnyInvocable<void(const Json& reply)>;
  using OnHandle = absl::AnyInvocable<void(uint64_t handle)>;
  struct Handlers {
    absl::AnyInvocable<void()> on_created;
    // What comes unasked: plug-in events, webrtcup, hangup. `handle` 0: of the session.
    absl::AnyInvocable<void(uint64_t handle, const Json& event)> on_event;
    // An error of any request, or the end of the connection. In one line.
    absl::AnyInvocable<void(std::string reason)> on_failed;
  };

  JanusSession(const TargetOptions& options, synthetic::Swarm& swarm, synthetic::WebClient& web,
               Handlers handlers);
  ~JanusSession();  // silently
  JanusSession(const JanusSession&) = delete;
  JanusSession& operator=(const JanusSession&) = delete;

  // What the server is; once at a time.
  void Info(OnReply on_reply);
  void Attach(std::string_view plugin, OnHandle on_handle);
  // `jsep`: null, or an offer or answer.
  void Message(uint64_t handle, Json body, Json jsep, OnReply on_reply);
  // Ends the session in order.
  void Destroy();
  // From now on nothing is said or heard.
  void Silence() { silent_ = true; }
  // To be called now and then: keeps the session alive.
  void KeepAlive(Timestamp now);

  [[nodiscard]] bool created() const { return id_ != 0; }

 private:
  void Create();
  void Request(Json request, OnReply on_reply);
  void Send(Json request);
  void HandleText(std::string_view text);
  void HandleMessage(const Json& message);
  void Fail(std::string reason);

  TargetOptions options_;
  synthetic::Swarm& swarm_;
  Handlers handlers_;
  std::map<std::string, OnReply> pending_;  // by transaction
  uint64_t next_transaction_ = 1;
  uint64_t id_ = 0;
  Timestamp next_keep_alive_ = kNever;
  bool silent_ = false;
  bool failed_ = false;
  std::unique_ptr<synthetic::WebClient::Socket> socket_;
};

// {"type": "offer", "sdp": ...}.
[[nodiscard]] nlohmann::json JanusJsep(std::string_view type, std::string_view sdp);
// A text field; empty if it is missing or no text.
[[nodiscard]] std::string JsonText(const nlohmann::json& object, std::string_view key);
// An object or array field; an empty object if it is missing or neither. Lives as long as `object`.
[[nodiscard]] const nlohmann::json& JsonChild(const nlohmann::json& object, std::string_view key);

}  // namespace stellwerk::load
