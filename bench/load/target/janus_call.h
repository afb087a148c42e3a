#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/load/target/call_base.h"
#include "bench/load/target/janus_session.h"
#include "bench/load/target/watch_list.h"

namespace stellwerk::load {

class JanusTarget;

// One person in a VideoRoom: a session with a handle to publish, and one to subscribe as soon as
// there is somebody to watch.
class JanusCall : public CallBase {
 public:
  JanusCall(JanusTarget& target, CallConfig config);
  ~JanusCall() override;

 private:
  using Json = nlohmann::json;
  // A video m-line of our own connection.
  struct Shown {
    std::string mid;
    std::string identity;
  };

  void Start(bool again) override;
  void SayGoodbye() override;
  void Abandon() override;
  void Release() override;
  [[nodiscard]] bool signalled() const override;
  [[nodiscard]] std::string Missing() const override;
  void Work(Timestamp now) override;
  void TellMuted() override;
  void TellTiles() override;

  void Enter();
  void OnEntered(const Json& reply);
  void OnEvent(uint64_t handle, const Json& event);
  void AddFeeds(const Json& publishers);
  void Subscribe();
  void AnswerOffer(const Json& event);
  void ReadShown(const Json& streams);

  JanusTarget& janus_;
  std::unique_ptr<JanusSession> session_;
  Json room_;
  Json private_id_;
  uint64_t publisher_ = 0;  // handles; 0: none yet
  uint64_t subscriber_ = 0;
  synthetic::Participant* sender_ = nullptr;
  synthetic::Participant* receiver_ = nullptr;
  bool entered_ = false;
  bool attaching_ = false;  // a subscriber's handle
  bool busy_ = false;       // a request of the subscriber is under way
  bool joined_ = false;     // the subscriber has joined
  WatchList watch_;
  std::vector<Shown> shown_;
};

}  // namespace stellwerk::load
