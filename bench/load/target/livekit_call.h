#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "bench/load/target/call_base.h"
#include "bench/load/target/livekit_messages.h"
#include "bench/load/target/watch_list.h"

namespace stellwerk::load {

class LiveKitTarget;

// One person in a room of LiveKit's.
class LiveKitCall : public CallBase {
 public:
  LiveKitCall(LiveKitTarget& target, CallConfig config);
  ~LiveKitCall() override;

 private:
  void Start(bool again) override;
  void SayGoodbye() override;
  void Abandon() override;
  void Release() override;
  [[nodiscard]] bool signalled() const override;
  [[nodiscard]] std::string Missing() const override;
  void Work(Timestamp now) override;
  void TellMuted() override;
  void TellTiles() override;

  void OnMessage(std::string_view bytes);
  void On(const livekit::Joined& joined);
  void On(const livekit::Description& description);
  void On(const livekit::Candidate& candidate);
  void On(const livekit::Update& update);
  void On(const livekit::Published& published);
  void On(const livekit::Left& left) { Fail("the server ends the call: " + Explain(left)); }
  void On(const std::monostate& /*something else*/) {}
  void Publish();
  void SetPerson(const livekit::Person& person);
  void Subscribe();
  // Made with the first thing that concerns it; null if there is no socket for it.
  synthetic::Participant* Receiver();
  [[nodiscard]] bool publishes() const;
  void Send(const std::string& message);

  LiveKitTarget& livekit_;
  std::unique_ptr<synthetic::WebClient::Socket> socket_;
  bool silent_ = false;
  bool joined_ = false;
  bool answered_ = false;  // our offer
  bool offered_ = false;   // the server, and it has our answer
  std::string own_sid_;
  std::map<std::string, std::string> published_;  // server's id by ours; empty: not yet there
  synthetic::Participant* sender_ = nullptr;
  synthetic::Participant* receiver_ = nullptr;
  WatchList watch_;
  TimeDelta ping_interval_{};
  Timestamp next_ping_ = kNever;
};

}  // namespace stellwerk::load
