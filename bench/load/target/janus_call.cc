#include "bench/load/target/janus_call.h"

#include <algorithm>
#include <utility>

#include "bench/load/target/janus_target.h"

namespace stellwerk::load {
namespace {

using Json = nlohmann::json;
using synthetic::MediaPlan;
using synthetic::Participant;
using synthetic::ParticipantConfig;

constexpr std::string_view kPlugin = "janus.plugin.videoroom";
// Encodings are known by their number alone; browsers send 180, 360 and 720 lines.
constexpr int kSmallest = 180;
constexpr int kMiddle = 360;

int SubstreamFor(int height) { return height <= kSmallest ? 0 : height <= kMiddle ? 1 : 2; }

}  // namespace

JanusCall::JanusCall(JanusTarget& target, CallConfig config)
    : CallBase(target, std::move(config)), janus_(target), watch_(0, 0) {}

JanusCall::~JanusCall() { session_.reset(); }

void JanusCall::Start(bool /*again*/) {
  room_ = janus_.RoomId(config().room);
  if (room_.is_null()) return Fail("there is no room " + config().room);
  watch_ = WatchList(config().media.audio_slots, config().media.video_slots);
  session_ = std::make_unique<JanusSession>(
      janus_.options(), janus_.swarm(), janus_.web(),
      JanusSession::Handlers{
          .on_created =
              [this] {
                session_->Attach(kPlugin, [this](uint64_t handle) {
                  publisher_ = handle;
                  Enter();
                });
              },
          .on_event = [this](uint64_t handle, const Json& event) { OnEvent(handle, event); },
          .on_failed = [this](std::string reason) { Fail(reason); }});
}

void JanusCall::SayGoodbye() {
  if (session_ == nullptr) return;
  if (publisher_ != 0) {
    session_->Message(publisher_, {{"request", "leave"}}, nullptr, [](const Json&) {});
  }
  session_->Destroy();
}

void JanusCall::Abandon() {
  if (session_ != nullptr) session_->Silence();
}

void JanusCall::Release() {
  session_.reset();
  publisher_ = subscriber_ = 0;
  sender_ = receiver_ = nullptr;
  entered_ = attaching_ = busy_ = joined_ = false;
  shown_.clear();
}

bool JanusCall::signalled() const {
  // Whoever had somebody to watch when he came waits for the first offer.
  return entered_ && (receiver_ != nullptr || (!busy_ && !attaching_));
}

std::string JanusCall::Missing() const {
  if (session_ == nullptr || !session_->created()) return "the server gives no session";
  if (publisher_ == 0) return "the server gives no handle for the VideoRoom plug-in";
  return entered_ ? "the server makes no offer of what we subscribed to"
                  : "the server does not let us into the room";
}

void JanusCall::Work(Timestamp now) {
  if (session_ != nullptr) session_->KeepAlive(now);
}

// The handle of a publisher also hears who comes and goes, whether it publishes or not.
void JanusCall::Enter() {
  ParticipantConfig media = config().media;
  media.audio_slots = media.video_slots = 0;
  Json body = {
      {"request", "join"}, {"ptype", "publisher"}, {"room", room_}, {"display", config().identity}};
  Json jsep;
  if (!media.audio.empty() || !media.video.empty()) {
    sender_ = AddTransport(std::move(media));
    if (sender_ == nullptr) return;
    body["request"] = "joinandconfigure";
    jsep = JanusJsep("offer", sender_->CreateOffer());
    // As encodings stand in our offers; Janus takes the first as the highest otherwise.
    jsep["rid_order"] = "lmh";
  }
  session_->Message(publisher_, std::move(body), std::move(jsep),
                    [this](const Json& reply) { OnEntered(reply); });
}

void JanusCall::OnEntered(const Json& reply) {
  const Json& data = JsonChild(JsonChild(reply, "plugindata"), "data");
  private_id_ = data.value("private_id", Json());
  if (sender_ != nullptr) {
    const std::string answer = JsonText(JsonChild(reply, "jsep"), "sdp");
    if (answer.empty()) return Fail("the server does not answer the offer");
    const auto status = janus_.swarm().HandleAnswer(*sender_, answer);
    if (!status.ok()) return Fail("its answer: " + std::string(status.message()));
  }
  entered_ = true;
  OnSignalled(janus_.swarm().Now());
  AddFeeds(JsonChild(data, "publishers"));
}

void JanusCall::OnEvent(uint64_t handle, const Json& event) {
  const std::string kind = JsonText(event, "janus");
  if (kind == "hangup" && (handle == publisher_ || handle == subscriber_)) {
    return Fail("the server hangs up: " + JsonText(event, "reason"));
  }
  const Json& data = JsonChild(JsonChild(event, "plugindata"), "data");
  if (JsonText(data, "videoroom") == "destroyed") return Fail("the room was destroyed");
  if (handle == subscriber_ && event.contains("jsep")) return AnswerOffer(event);
  if (data.contains("publishers")) AddFeeds(JsonChild(data, "publishers"));
  for (const char* gone : {"unpublished", "leaving"}) {
    const auto id = data.find(gone);
    if (id == data.end() || *id == "ok") continue;
    watch_.RemoveFeed(id->dump());
    Subscribe();  // there is room for another
  }
}

void JanusCall::AddFeeds(const Json& publishers) {
  for (const Json& publisher : publishers) {
    const std::string identity = JsonText(publisher, "display");
    if (!publisher.contains("id") || !Wants(identity)) continue;
    std::vector<WatchList::Track> tracks;
    for (const Json& stream : JsonChild(publisher, "streams")) {
      const std::string type = JsonText(stream, "type");
      if ((type != "audio" && type != "video") || stream.value("disabled", false)) continue;
      tracks.push_back({JsonText(stream, "mid"), type == "video"});
    }
    watch_.SetFeed(publisher["id"].dump(), identity, tracks);
  }
  Subscribe();
}

void JanusCall::Subscribe() {
  if (busy_ || attaching_ || !entered_) return;
  if (subscriber_ == 0) {
    if (!watch_.wants_any() || watch_.empty()) return;
    attaching_ = true;
    return session_->Attach(kPlugin, [this](uint64_t handle) {
      attaching_ = false;
      subscriber_ = handle;
      Subscribe();
    });
  }
  Json streams = Json::array();
  for (const WatchList::Choice& choice : watch_.TakeWanted()) {
    streams.push_back({{"feed", Json::parse(choice.feed)}, {"mid", choice.track.id}});
  }
  if (streams.empty()) return;
  busy_ = true;
  Json body = {{"request", "subscribe"}, {"streams", std::move(streams)}};
  if (!joined_) {
    joined_ = true;
    body["request"] = "join";
    body["ptype"] = "subscriber";
    body["room"] = room_;
    if (!private_id_.is_null()) body["private_id"] = private_id_;
  }
  session_->Message(subscriber_, std::move(body), nullptr, [this](const Json& reply) {
    busy_ = false;
    if (reply.contains("jsep")) AnswerOffer(reply);
    // Who came meanwhile.
    if (state() != State::kFailed) Subscribe();
  });
}

void JanusCall::AnswerOffer(const Json& event) {
  ReadShown(JsonChild(JsonChild(JsonChild(event, "plugindata"), "data"), "streams"));
  // Later ones only bring more of the same connection.
  const bool first = receiver_ == nullptr;
  if (first) {
    ParticipantConfig media = config().media;
    media.audio.clear();
    media.video.clear();
    media.audio_slots = media.video_slots = 0;
    receiver_ = AddTransport(std::move(media));
    if (receiver_ == nullptr) return;
  }
  const auto answer =
      janus_.swarm().AnswerOffer(*receiver_, JsonText(JsonChild(event, "jsep"), "sdp"));
  if (!answer.ok()) return Fail("its offer: " + std::string(answer.status().message()));
  session_->Message(subscriber_, {{"request", "start"}}, JanusJsep("answer", *answer),
                    [](const Json&) {});
  if (first) OnSignalled(janus_.swarm().Now());
  if (state() == State::kUp) TellTiles();
}

void JanusCall::ReadShown(const Json& streams) {
  if (streams.empty()) return;
  shown_.clear();
  for (const Json& stream : streams) {
    if (!stream.value("active", true) || JsonText(stream, "type") != "video") continue;
    shown_.push_back({JsonText(stream, "mid"), JsonText(stream, "feed_display")});
  }
}

void JanusCall::TellMuted() {
  if (sender_ == nullptr) return;
  Json streams = Json::array();
  for (const MediaPlan& plan : sender_->media()) {
    const bool audio = plan.role == MediaPlan::Role::kAudioTrack;
    if (!audio && plan.role != MediaPlan::Role::kVideoTrack) continue;
    streams.push_back({{"mid", plan.mid}, {"send", !(audio ? audio_muted() : video_muted())}});
  }
  session_->Message(publisher_, {{"request", "configure"}, {"streams", std::move(streams)}},
                    nullptr, [](const Json&) {});
}

void JanusCall::TellTiles() {
  if (receiver_ == nullptr || tiles().empty() || shown_.empty()) return;
  std::vector<std::string> identities;
  for (const Shown& shown : shown_) identities.push_back(shown.identity);
  const std::vector<int> heights = HeightsFor(identities);
  Json streams = Json::array();
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    Json change = {{"mid", shown_[i].mid}, {"send", heights[i] > 0}};
    if (heights[i] > 0) change["substream"] = SubstreamFor(heights[i]);
    streams.push_back(std::move(change));
  }
  session_->Message(subscriber_, {{"request", "configure"}, {"streams", std::move(streams)}},
                    nullptr, [](const Json&) {});
}

}  // namespace stellwerk::load
