#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/target/target.h"

namespace stellwerk::load {

class TargetBase;

// What the calls of all kinds of servers have in common: their state, their patience, and their
// connections. An adapter speaks the server's language.
class CallBase : public Call {
 public:
  CallBase(TargetBase& target, CallConfig config);
  ~CallBase() override;  // forgets what is left of the connections
  CallBase(const CallBase&) = delete;
  CallBase& operator=(const CallBase&) = delete;

  void Join() final;
  void Leave() final;
  void Vanish() final;
  void Reconnect() final;
  void SetMuted(bool audio, bool video) final;
  void Show(std::span<const Tile> tiles) final;
  [[nodiscard]] State state() const final { return state_; }
  [[nodiscard]] const std::string& error() const final { return error_; }
  [[nodiscard]] std::vector<synthetic::Participant*> transports() const final {
    return transports_;
  }
  [[nodiscard]] JoinTimes times() const final;

  // Looks after it every few milliseconds.
  void Poll(Timestamp now);

 protected:
  // Of the adapter. Begins to join; `again` after a loss, when there may be something to resume.
  virtual void Start(bool again) = 0;
  // Tells the server.
  virtual void SayGoodbye() = 0;
  // Ends all signalling in silence; connections stay for now.
  virtual void Abandon() = 0;
  // Forgets its clients; connections that are then left are closed here.
  virtual void Release() = 0;
  // All first offers are answered.
  [[nodiscard]] virtual bool signalled() const = 0;
  // What a join that takes too long is waiting for.
  [[nodiscard]] virtual std::string Missing() const = 0;
  // Regular work, before the connections are looked at.
  virtual void Work(Timestamp /*now*/) {}
  // A connection was lost that had been up or could never come up. Default: the call has failed.
  virtual void OnLost(synthetic::Participant& transport);
  // After a loss the connections go on by themselves, with what Start(true) does to them; else they
  // are replaced.
  virtual bool Resumes() { return false; }
  virtual void TellMuted() {}
  virtual void TellTiles() {}

  // A new connection of this participant; Fail() and null if there is no socket for it.
  synthetic::Participant* AddTransport(synthetic::ParticipantConfig config);
  // For those that a client makes by itself.
  void OnTransportAdded(synthetic::Participant& transport);
  void OnTransportEnding(synthetic::Participant& transport);
  void EndTransport(synthetic::Participant& transport);
  // An answer of this join has been in hand since then; the last one counts.
  void OnSignalled(Timestamp at);
  void Fail(std::string_view reason);

  [[nodiscard]] TargetBase& target() { return target_; }
  [[nodiscard]] const CallConfig& config() const { return config_; }
  [[nodiscard]] const std::vector<Tile>& tiles() const { return tiles_; }
  [[nodiscard]] bool audio_muted() const { return audio_muted_; }
  [[nodiscard]] bool video_muted() const { return video_muted_; }
  // For servers where one subscribes one by one: how high the video of each of these is shown; 0:
  // not at all. Tiles with a name go to that one, the others to whoever is left, in order.
  [[nodiscard]] std::vector<int> HeightsFor(std::span<const std::string> identities) const;
  // Is one of those to be watched.
  [[nodiscard]] bool Wants(std::string_view identity) const;

 private:
  void Begin(bool again);
  void EndAllTransports();
  void ApplyMute();
  void Check(Timestamp now);

  TargetBase& target_;
  CallConfig config_;
  State state_ = State::kIdle;
  std::string error_;
  std::vector<synthetic::Participant*> transports_;
  // Those whose tracks have been told whether to run.
  std::vector<const synthetic::Participant*> started_;
  JoinTimes times_;
  std::vector<Tile> tiles_;
  bool audio_muted_ = false;
  bool video_muted_ = false;
  bool vanished_ = false;
};

}  // namespace stellwerk::load
