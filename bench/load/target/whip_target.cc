#include "bench/load/target/whip_target.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "bench/load/target/call_base.h"
#include "bench/load/target/url_template.h"
#include "bench/synthetic/runner/whip_client.h"

namespace stellwerk::load {
namespace {

using synthetic::Participant;
using synthetic::ParticipantConfig;
using synthetic::WhipClient;

// WHEP has no word for "he is not there yet", so it is asked for again.
constexpr TimeDelta kTryAgain = std::chrono::seconds(1);
constexpr int kNotFound = 404;

bool IsOnePublisher(const TargetOptions& options) {
  return options.whep_url.find("{publisher}") != std::string::npos;
}

std::string Explain(const WhipClient& client) {
  const std::string said = OneLine(client.error());
  switch (client.status()) {
    case 0:
      return client.url() + " cannot be reached: " + said;
    case 201:
      return client.url() + ": " + said;  // an answer that we cannot use
    case 401:
    case 403:
      return client.url() + " refuses the token: " + said;
    case kNotFound:
      return client.url() + ": there is no such room, publisher or path: " + said;
    default:
      return client.url() + " says " + std::to_string(client.status()) + ": " + said;
  }
}

class WhipCall : public CallBase {
 public:
  WhipCall(TargetBase& target, CallConfig config) : CallBase(target, std::move(config)) {}
  ~WhipCall() override { Release(); }

 private:
  // A connection to send, or to view one publisher or the room.
  struct Leg {
    std::string url;
    ParticipantConfig media;
    std::unique_ptr<WhipClient> client = nullptr;
    Timestamp next_try = {};
    bool replied = false;  // once
  };

  void Start(bool again) override;
  void SayGoodbye() override;
  void Abandon() override {}
  void Release() override { legs_.clear(); }
  bool signalled() const override {
    return std::all_of(legs_.begin(), legs_.end(), [](const Leg& leg) { return leg.replied; });
  }
  std::string Missing() const override;
  void Work(Timestamp now) override;
  void OnLost(Participant& transport) override;

  void AddViews();
  void Connect(Leg& leg);
  static bool Publishes(const Leg& leg) {
    return !leg.media.audio.empty() || !leg.media.video.empty();
  }

  std::vector<Leg> legs_;
};

void WhipCall::Start(bool /*again*/) {
  ParticipantConfig media = config().media;
  media.audio_slots = 0;
  media.video_slots = 0;
  media.data = false;
  if (!media.audio.empty() || !media.video.empty()) {
    legs_.push_back({.url = FillUrl(target().options().url,
                                    {.room = config().room, .participant = config().identity}),
                     .media = std::move(media)});
  }
  AddViews();
  for (Leg& leg : legs_) Connect(leg);
}

void WhipCall::AddViews() {
  int audio = config().media.audio_slots;
  int video = config().media.video_slots;
  if (audio == 0 && video == 0) return;
  ParticipantConfig media = config().media;
  media.audio.clear();
  media.video.clear();
  media.data = false;
  UrlNames names{.room = config().room, .participant = config().identity};
  if (!IsOnePublisher(target().options())) {
    legs_.push_back({.url = FillUrl(target().options().whep_url, names), .media = media});
    return;
  }
  for (const std::string& publisher : config().watches) {
    if (audio == 0 && video == 0) break;
    media.audio_slots = std::exchange(audio, std::max(audio - 1, 0)) > 0 ? 1 : 0;
    media.video_slots = std::exchange(video, std::max(video - 1, 0)) > 0 ? 1 : 0;
    names.publisher = publisher;
    legs_.push_back({.url = FillUrl(target().options().whep_url, names), .media = media});
  }
}

void WhipCall::Connect(Leg& leg) {
  synthetic::ParticipantOwner owner{
      .add = [this](ParticipantConfig media) { return AddTransport(std::move(media)); },
      .remove = [this](Participant& transport) { EndTransport(transport); }};
  leg.client = std::make_unique<WhipClient>(target().swarm(), target().web(), leg.url, leg.media,
                                            target().options().token, std::move(owner));
  leg.client->Connect();
}

void WhipCall::SayGoodbye() {
  for (const Leg& leg : legs_) {
    if (leg.client != nullptr) leg.client->Leave();
  }
}

std::string WhipCall::Missing() const {
  for (const Leg& leg : legs_) {
    if (!leg.replied) return leg.url + " does not reply";
  }
  return "";
}

void WhipCall::Work(Timestamp now) {
  for (Leg& leg : legs_) {
    if (leg.client == nullptr) {
      if (leg.next_try <= now) Connect(leg);
      continue;
    }
    if (!leg.client->replied()) continue;
    leg.replied = true;
    if (leg.client->error().empty()) {
      if (leg.client->answered_at()) OnSignalled(*leg.client->answered_at());
    } else if (leg.client->status() == kNotFound && !Publishes(leg)) {
      leg.client.reset();
      leg.next_try = now + kTryAgain;
    } else {
      return Fail(Explain(*leg.client));
    }
  }
}

void WhipCall::OnLost(Participant& transport) {
  for (Leg& leg : legs_) {
    if (leg.client == nullptr || leg.client->participant() != &transport) continue;
    // Whom it views has gone, or comes back as another connection.
    if (Publishes(leg) || transport.state() != TransportState::kGone) break;
    leg.client.reset();
    leg.next_try = target().swarm().Now() + kTryAgain;
    return;
  }
  CallBase::OnLost(transport);
}

}  // namespace

Capabilities WhipTarget::capabilities() const {
  return {.layouts = false,
          .mute = false,
          .data = false,
          .reconnect = true,
          .one_by_one = IsOnePublisher(options())};
}

absl::Status WhipTarget::Prepare(std::span<const std::string> rooms) {
  const std::string url =
      FillUrl(options().url, {.room = rooms.empty() ? "probe" : rooms[0], .participant = "probe"});
  auto reply = std::make_shared<synthetic::HttpReply>();
  auto done = std::make_shared<bool>(false);
  // RFC 9725 §4.2: OPTIONS is there to find out about an endpoint, and makes nothing.
  web().Call({.method = "OPTIONS", .url = url}, [reply, done](synthetic::HttpReply got) {
    *reply = std::move(got);
    *done = true;
  });
  swarm().RunUntil([&] { return *done; }, options().patience);
  if (*done && reply->status != 0) {
    software_ = reply->server;
    return absl::OkStatus();
  }
  return absl::UnavailableError(
      url + " cannot be reached: " + (*done ? OneLine(reply->error) : "no reply"));
}

std::unique_ptr<Call> WhipTarget::NewCall(CallConfig config) {
  return std::make_unique<WhipCall>(*this, std::move(config));
}

}  // namespace stellwerk::load
