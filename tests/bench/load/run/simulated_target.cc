#include "tests/bench/load/run/simulated_target.h"

#include <algorithm>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk::load {

using synthetic::MediaPlan;
using synthetic::Participant;

class SimulatedTarget::SimulatedCall final : public Call {
 public:
  SimulatedCall(SimulatedTarget& target, CallConfig config)
      : target_(target), config_(std::move(config)) {
    target_.calls_.push_back(this);
  }
  ~SimulatedCall() override { std::erase(target_.calls_, this); }

  void Join() override {
    synthetic::SimulatedRoom& room = target_.room_;
    times_.started = times_.signalled = room.now();
    synthetic::ParticipantConfig media = config_.media;
    media.name = config_.identity;
    participant_ = &room.Join(media, {.up = config_.up.value_or(LinkConfig()),
                                      .down = config_.down.value_or(LinkConfig())});
    if (config_.observer != nullptr) config_.observer->OnTransport(*participant_);
    target_.ConnectSlots();
  }
  void Leave() override {
    if (config_.observer != nullptr) config_.observer->OnTransportEnding(*participant_);
    target_.room_.Leave(*std::exchange(participant_, nullptr));
    ended_ = true;
  }
  void Vanish() override { Leave(); }
  void Reconnect() override {
    Leave();
    ended_ = false;
    Join();
  }
  void SetMuted(bool audio, bool video) override {
    SetRunning(MediaPlan::Role::kAudioTrack, !audio);
    SetRunning(MediaPlan::Role::kVideoTrack, !video);
  }
  void Show(std::span<const Tile> tiles) override {
    tiles_.assign(tiles.begin(), tiles.end());
    ApplyTiles();
  }
  [[nodiscard]] State state() const override {
    if (ended_) return State::kEnded;
    return participant_ != nullptr && participant_->connected() ? State::kUp : State::kJoining;
  }
  [[nodiscard]] const std::string& error() const override { return error_; }
  [[nodiscard]] std::vector<Participant*> transports() const override { return {participant_}; }
  [[nodiscard]] JoinTimes times() const override {
    JoinTimes times = times_;
    if (participant_ != nullptr) {
      times.ice = participant_->selected_at();
      times.dtls = participant_->connected_at();
    }
    return times;
  }

  [[nodiscard]] Participant* participant() const { return participant_; }
  [[nodiscard]] const std::string& identity() const { return config_.identity; }

  // Video and audio slots each show the other publishers in order.
  void ShowOthers(const std::vector<SimulatedCall*>& calls) {
    for (const auto& [slots, tracks] :
         {std::pair(MediaPlan::Role::kVideoSlot, MediaPlan::Role::kVideoTrack),
          std::pair(MediaPlan::Role::kAudioSlot, MediaPlan::Role::kAudioTrack)}) {
      const auto free = participant_->MidsOf(slots);
      std::size_t used = 0;
      for (const SimulatedCall* other : calls) {
        if (other == this || other->participant_ == nullptr || used == free.size()) continue;
        const auto sent = other->participant_->MidsOf(tracks);
        if (sent.empty()) continue;
        target_.room_.Show(*participant_, free[used++], *other->participant_, sent.front());
      }
    }
    ApplyTiles();
  }
  void ApplyTiles() {
    if (participant_ == nullptr) return;
    const auto slots = participant_->MidsOf(MediaPlan::Role::kVideoSlot);
    for (std::size_t i = 0; i < std::min(slots.size(), tiles_.size()); ++i) {
      const int height = target_.wrong_height_ > 0 ? target_.wrong_height_ : tiles_[i].height;
      target_.room_.SetDemand(*participant_, slots[i], {.height = static_cast<uint16_t>(height)});
    }
  }

 private:
  void SetRunning(MediaPlan::Role role, bool running) {
    for (const std::string& mid : participant_->MidsOf(role)) {
      if (auto* track = participant_->Track(mid)) track->SetRunning(running, target_.room_.now());
    }
  }

  SimulatedTarget& target_;
  CallConfig config_;
  Participant* participant_ = nullptr;
  std::vector<Tile> tiles_;
  JoinTimes times_;
  std::string error_;
  bool ended_ = false;
};

std::unique_ptr<Call> SimulatedTarget::NewCall(CallConfig config) {
  return std::make_unique<SimulatedCall>(*this, std::move(config));
}

Participant& SimulatedTarget::ParticipantOf(const std::string& identity) {
  const auto call = std::ranges::find(calls_, identity, &SimulatedCall::identity);
  STELLWERK_CHECK(call != calls_.end());
  return *(*call)->participant();
}

void SimulatedTarget::SetWrongHeight(int height) {
  wrong_height_ = height;
  for (SimulatedCall* call : calls_) call->ApplyTiles();
}

void SimulatedTarget::ConnectSlots() {
  for (SimulatedCall* call : calls_) {
    if (call->participant() != nullptr) call->ShowOthers(calls_);
  }
}

}  // namespace stellwerk::load
