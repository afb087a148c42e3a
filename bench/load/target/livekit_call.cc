#include "bench/load/target/livekit_call.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "bench/load/target/livekit_target.h"

namespace stellwerk::load {
namespace {

using synthetic::MediaPlan;
using synthetic::Participant;
using synthetic::ParticipantConfig;
using synthetic::VideoConfig;

// The generation of the protocol that is spoken here: signalling by protocol buffers, a connection
// of its own for what is received.
constexpr std::string_view kQuery = "/rtc?protocol=9&auto_subscribe=0&access_token=";
constexpr TimeDelta kDefaultPing = std::chrono::seconds(10);
constexpr uint32_t kMaxQuality = 2;

// As the offers name a track in a=msid.
std::string CidOf(const std::string& mid) { return "track-" + mid; }

livekit::NewTrack DescribeVideo(const VideoConfig& video, const std::string& mid) {
  livekit::NewTrack track{.cid = CidOf(mid), .video = true};
  // A single one counts as the best.
  uint32_t quality = video.layers.size() == 1 ? kMaxQuality : 0;
  for (const synthetic::VideoLayer& layer : video.layers) {
    track.width = layer.resolution.width;
    track.height = layer.resolution.height;
    track.layers.push_back({.quality = std::min(quality++, kMaxQuality),
                            .width = track.width,
                            .height = track.height,
                            .bitrate = static_cast<uint32_t>(layer.bitrate.bps())});
  }
  return track;
}

}  // namespace

LiveKitCall::LiveKitCall(LiveKitTarget& target, CallConfig config)
    : CallBase(target, std::move(config)), livekit_(target), watch_(0, 0) {}

LiveKitCall::~LiveKitCall() { Release(); }

bool LiveKitCall::publishes() const {
  return !config().media.audio.empty() || !config().media.video.empty();
}

void LiveKitCall::Start(bool /*again*/) {
  watch_ = WatchList(config().media.audio_slots, config().media.video_slots);
  const std::string token =
      livekit_.TokenFor(config().room, config().identity, publishes(), watch_.wants_any());
  socket_ = livekit_.web().Open(
      livekit_.UrlOf(kQuery) + token,
      {.on_open = [] {},
       .on_text = [this](std::string_view) { Fail("the server sends texts, unasked"); },
       .on_binary = [this](std::string_view bytes) { OnMessage(bytes); },
       .on_closed =
           [this](std::string reason) {
             if (silent_ || state() == State::kFailed) return;
             Fail(joined_ ? "the signalling connection ended: " + reason
                          : "the server does not let us in: " + reason);
           }});
}

void LiveKitCall::SayGoodbye() { Send(livekit::WriteLeave()); }

// The socket stays open, so that the server is not told.
void LiveKitCall::Abandon() { silent_ = true; }

void LiveKitCall::Release() {
  socket_.reset();
  silent_ = joined_ = answered_ = offered_ = false;
  published_.clear();
  sender_ = receiver_ = nullptr;
  next_ping_ = kNever;
}

bool LiveKitCall::signalled() const {
  return joined_ && (!publishes() || answered_) && (watch_.chosen().empty() || offered_);
}

std::string LiveKitCall::Missing() const {
  if (!joined_) return "the server does not let us in";
  if (publishes() && !answered_) return "the server does not answer the offer";
  return "the server makes no offer of what we subscribed to";
}

void LiveKitCall::Work(Timestamp now) {
  if (now < next_ping_) return;
  next_ping_ = now + ping_interval_;
  Send(livekit::WritePing(static_cast<uint64_t>(ToMilliseconds(now.time_since_epoch()))));
}

void LiveKitCall::Send(const std::string& message) {
  if (!silent_ && socket_ != nullptr) socket_->SendBinary(message);
}

void LiveKitCall::OnMessage(std::string_view bytes) {
  if (silent_ || state() == State::kFailed) return;
  const auto response = livekit::ReadResponse(bytes);
  if (!response) return Fail("the server sends something that is no message of LiveKit's");
  std::visit([this](const auto& message) { On(message); }, *response);
}

void LiveKitCall::On(const livekit::Joined& joined) {
  joined_ = true;
  own_sid_ = joined.self.sid;
  livekit_.SetVersion(joined.version);
  ping_interval_ =
      joined.ping_interval == 0 ? kDefaultPing : std::chrono::seconds(joined.ping_interval);
  next_ping_ = livekit_.swarm().Now() + ping_interval_;
  if (publishes()) Publish();
  for (const livekit::Person& person : joined.others) SetPerson(person);
  Subscribe();
}

// The server wants to know of each track before it sees it in an offer.
void LiveKitCall::Publish() {
  ParticipantConfig media = config().media;
  media.audio_slots = media.video_slots = 0;
  media.data = false;
  sender_ = AddTransport(std::move(media));
  if (sender_ == nullptr) return;
  std::size_t video = 0;
  for (const MediaPlan& plan : sender_->media()) {
    livekit::NewTrack track{.cid = CidOf(plan.mid), .muted = audio_muted()};
    if (plan.role == MediaPlan::Role::kVideoTrack) {
      track = DescribeVideo(config().media.video[video++], plan.mid);
      track.muted = video_muted();
    }
    published_[track.cid];
    Send(livekit::WriteNewTrack(track));
  }
}

void LiveKitCall::On(const livekit::Published& published) {
  const auto track = published_.find(published.cid);
  if (track == published_.end()) return;
  track->second = published.sid;
  const bool all = std::none_of(published_.begin(), published_.end(),
                                [](const auto& entry) { return entry.second.empty(); });
  if (all && sender_ != nullptr) Send(livekit::WriteOffer(sender_->CreateOffer()));
}

void LiveKitCall::On(const livekit::Description& description) {
  synthetic::Swarm& swarm = livekit_.swarm();
  if (!description.is_offer) {
    if (sender_ == nullptr) return;
    const auto status = swarm.HandleAnswer(*sender_, description.sdp);
    if (!status.ok()) return Fail("its answer: " + std::string(status.message()));
    answered_ = true;
    return OnSignalled(swarm.Now());
  }
  if (Receiver() == nullptr) return;
  const auto answer = swarm.AnswerOffer(*receiver_, description.sdp);
  if (!answer.ok()) return Fail("its offer: " + std::string(answer.status().message()));
  Send(livekit::WriteAnswer(*answer, description.id));
  // Later ones only bring more of the same connection.
  if (!std::exchange(offered_, true)) OnSignalled(swarm.Now());
}

Participant* LiveKitCall::Receiver() {
  if (receiver_ != nullptr) return receiver_;
  ParticipantConfig media = config().media;
  media.audio.clear();
  media.video.clear();
  media.audio_slots = media.video_slots = 0;
  // The server's offers begin with its data channels, which carry the others along.
  media.data = true;
  // The server's ICE insists on controlling what it offers, and drops the checks of one who does so
  // too.
  media.passive_ice = true;
  receiver_ = AddTransport(std::move(media));
  return receiver_;
}

void LiveKitCall::On(const livekit::Candidate& candidate) {
  Participant* transport = candidate.for_subscriber ? Receiver() : sender_;
  const auto init = nlohmann::json::parse(candidate.init, nullptr, false);
  if (transport == nullptr || !init.is_object()) return;
  const auto line = init.find("candidate");
  if (line == init.end() || !line->is_string() || line->get_ref<const std::string&>().empty()) {
    return;  // the end of candidates
  }
  const auto status =
      livekit_.swarm().AddRemoteCandidate(*transport, line->get_ref<const std::string&>());
  if (!status.ok()) Fail("its candidate: " + std::string(status.message()));
}

void LiveKitCall::On(const livekit::Update& update) {
  for (const livekit::Person& person : update.people) SetPerson(person);
  Subscribe();
}

void LiveKitCall::SetPerson(const livekit::Person& person) {
  if (person.sid == own_sid_ || !Wants(person.identity)) return;
  std::vector<WatchList::Track> tracks;
  for (const livekit::Track& track : person.tracks) {
    if (track.media) tracks.push_back({track.sid, track.video});
  }
  if (person.gone) tracks.clear();
  watch_.SetFeed(person.sid, person.identity, tracks);
}

void LiveKitCall::Subscribe() {
  std::vector<std::string> sids;
  for (const WatchList::Choice& choice : watch_.TakeWanted()) sids.push_back(choice.track.id);
  if (sids.empty()) return;
  Send(livekit::WriteSubscribe(sids));
  if (state() == State::kUp) TellTiles();
}

void LiveKitCall::TellMuted() {
  if (sender_ == nullptr) return;
  for (const MediaPlan& plan : sender_->media()) {
    const auto track = published_.find(CidOf(plan.mid));
    if (track == published_.end() || track->second.empty()) continue;
    const bool audio = plan.role == MediaPlan::Role::kAudioTrack;
    Send(livekit::WriteMute(track->second, audio ? audio_muted() : video_muted()));
  }
}

void LiveKitCall::TellTiles() {
  if (tiles().empty()) return;
  std::vector<WatchList::Choice> video;
  for (const WatchList::Choice& choice : watch_.chosen()) {
    if (choice.track.video) video.push_back(choice);
  }
  std::vector<std::string> identities;
  for (const WatchList::Choice& choice : video) identities.push_back(choice.identity);
  const std::vector<int> heights = HeightsFor(identities);
  for (std::size_t i = 0; i < video.size(); ++i) {
    const auto height = static_cast<uint32_t>(heights[i]);
    Send(livekit::WriteTrackSettings(video[i].track.id, height * 16 / 9, height));
  }
}

}  // namespace stellwerk::load
