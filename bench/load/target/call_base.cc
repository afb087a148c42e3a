#include "bench/load/target/call_base.h"

#include <algorithm>
#include <utility>

#include "bench/load/target/target_base.h"

namespace stellwerk::load {
namespace {

using synthetic::MediaPlan;
using synthetic::Participant;

// Nothing gets through in either direction, handshakes and connectivity checks neither.
constexpr synthetic::Impairment kNoNetwork = {
    .send_loss = 1, .receive_loss = 1, .media_only = false};

bool IsLost(const Participant& transport) {
  return transport.state() == TransportState::kFailed || transport.state() == TransportState::kGone;
}

}  // namespace

CallBase::CallBase(TargetBase& target, CallConfig config)
    : target_(target), config_(std::move(config)) {
  target_.Register(*this);
}

CallBase::~CallBase() {
  target_.Forget(*this);
  EndAllTransports();
}

void CallBase::Join() {
  Release();
  EndAllTransports();
  Begin(false);
}

void CallBase::Begin(bool again) {
  error_.clear();
  state_ = State::kJoining;
  vanished_ = false;
  times_ = {.started = target_.swarm().Now()};
  Start(again);
}

void CallBase::Leave() {
  if (state_ == State::kEnded || state_ == State::kIdle) return;
  if (vanished_) {
    Abandon();
  } else {
    SayGoodbye();
  }
  Release();
  EndAllTransports();
  state_ = State::kEnded;
}

void CallBase::Vanish() {
  if (state_ == State::kIdle || state_ == State::kEnded) return;
  vanished_ = true;
  for (Participant* transport : transports_) target_.swarm().SetImpairment(*transport, kNoNetwork);
  Abandon();
}

void CallBase::Reconnect() {
  if (state_ == State::kIdle || state_ == State::kEnded) return;
  if (!vanished_) Vanish();
  if (!Resumes()) {
    Release();
    EndAllTransports();
  }
  Begin(true);
}

void CallBase::SetMuted(bool audio, bool video) {
  if (audio == audio_muted_ && video == video_muted_) return;
  audio_muted_ = audio;
  video_muted_ = video;
  started_.clear();
  ApplyMute();
  if (!vanished_ && state_ == State::kUp) TellMuted();
}

void CallBase::Show(std::span<const Tile> tiles) {
  tiles_.assign(tiles.begin(), tiles.end());
  if (!vanished_ && state_ == State::kUp) TellTiles();
}

// A track runs from the moment its connection is up; from then on it does as it was told here.
void CallBase::ApplyMute() {
  bool touched = false;
  for (Participant* transport : transports_) {
    if (!transport->connected() ||
        std::find(started_.begin(), started_.end(), transport) != started_.end()) {
      continue;
    }
    started_.push_back(transport);
    for (const MediaPlan& plan : transport->media()) {
      const bool audio = plan.role == MediaPlan::Role::kAudioTrack;
      if (!audio && plan.role != MediaPlan::Role::kVideoTrack) continue;
      synthetic::PublishedTrack* track = transport->Track(plan.mid);
      if (track == nullptr) continue;
      track->SetRunning(!(audio ? audio_muted_ : video_muted_), target_.swarm().Now());
      touched = true;
    }
  }
  if (touched) target_.swarm().Flush();
}

JoinTimes CallBase::times() const {
  JoinTimes times = times_;
  if (state_ == State::kUp) return times;
  // What a resumed connection has from before says nothing about now.
  const auto take = [&times](std::optional<Timestamp>& latest, std::optional<Timestamp> at) {
    if (at && at >= times.started) latest = std::max(latest, at);
  };
  for (const Participant* transport : transports_) {
    take(times.ice, transport->selected_at());
    take(times.dtls, transport->connected_at());
  }
  return times;
}

void CallBase::Poll(Timestamp now) {
  if (vanished_ || (state_ != State::kJoining && state_ != State::kUp)) return;
  Work(now);
  if (state_ == State::kJoining || state_ == State::kUp) Check(now);
}

void CallBase::Check(Timestamp now) {
  const std::vector<Participant*> transports = transports_;
  for (Participant* transport : transports) {
    if (!IsLost(*transport)) continue;
    OnLost(*transport);
    if (state_ == State::kFailed) return;
  }
  ApplyMute();
  if (state_ == State::kUp) return;
  const bool connected = std::all_of(transports_.begin(), transports_.end(),
                                     [](const Participant* t) { return t->connected(); });
  if (signalled() && connected) {
    times_ = times();
    state_ = State::kUp;
    if (audio_muted_ || video_muted_) TellMuted();
    if (!tiles_.empty()) TellTiles();
  } else if (now - *times_.started > target_.options().patience) {
    std::string missing;
    if (!signalled()) {
      missing = Missing();
    } else {
      const bool addressed = std::all_of(transports_.begin(), transports_.end(),
                                         [](const Participant* t) { return t->selected_at(); });
      missing = addressed ? "the DTLS handshake does not end"
                          : "no ICE check of the media connection was answered";
    }
    Fail("gave up after " + std::to_string(ToMilliseconds(target_.options().patience)) +
         " ms: " + missing);
  }
}

void CallBase::OnLost(Participant& transport) {
  const std::string& reason = transport.state_reason();
  Fail("the media connection was lost" + (reason.empty() ? "" : ": " + reason));
}

Participant* CallBase::AddTransport(synthetic::ParticipantConfig config) {
  auto added = target_.swarm().Add(std::move(config));
  if (!added.ok()) {
    Fail(std::string(added.status().message()));
    return nullptr;
  }
  if (config_.up || config_.down) {
    target_.swarm().SetLink(**added, config_.up.value_or(LinkConfig()),
                            config_.down.value_or(LinkConfig()));
  }
  OnTransportAdded(**added);
  return *added;
}

void CallBase::OnTransportAdded(Participant& transport) {
  transports_.push_back(&transport);
  if (config_.observer != nullptr) config_.observer->OnTransport(transport);
}

void CallBase::OnTransportEnding(Participant& transport) {
  if (std::erase(transports_, &transport) == 0) return;
  std::erase(started_, &transport);
  if (config_.observer != nullptr) config_.observer->OnTransportEnding(transport);
}

void CallBase::EndTransport(Participant& transport) {
  OnTransportEnding(transport);
  if (vanished_) {
    target_.swarm().Drop(&transport);
  } else {
    target_.swarm().Remove(&transport);
  }
}

void CallBase::EndAllTransports() {
  while (!transports_.empty()) EndTransport(*transports_.back());
}

void CallBase::OnSignalled(Timestamp at) {
  if (state_ == State::kJoining)
    times_.signalled = std::max(times_.signalled, std::optional<Timestamp>(at));
}

void CallBase::Fail(std::string_view reason) {
  error_ = target_.options().url + ": " + OneLine(reason);
  state_ = State::kFailed;
}

std::vector<int> CallBase::HeightsFor(std::span<const std::string> identities) const {
  std::vector<int> heights;
  std::size_t next = 0;  // tile without a name
  for (const std::string& identity : identities) {
    const auto named = std::find_if(tiles_.begin(), tiles_.end(),
                                    [&](const Tile& t) { return t.identity == identity; });
    if (named != tiles_.end()) {
      heights.push_back(std::max(named->height, 0));
      continue;
    }
    while (next < tiles_.size() && !tiles_[next].identity.empty()) ++next;
    heights.push_back(next < tiles_.size() ? std::max(tiles_[next++].height, 0) : 0);
  }
  return heights;
}

bool CallBase::Wants(std::string_view identity) const {
  return identity != config_.identity &&
         (config_.watches.empty() || std::find(config_.watches.begin(), config_.watches.end(),
                                               identity) != config_.watches.end());
}

}  // namespace stellwerk::load
