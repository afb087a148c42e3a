#include "bench/load/target/room_target.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "bench/load/target/call_base.h"
#include "bench/synthetic/runner/room_client.h"

namespace stellwerk::load {
namespace {

using nlohmann::json;
using synthetic::MediaPlan;
using synthetic::Participant;
using synthetic::RoomClient;

std::string Text(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

class RoomCall : public CallBase {
 public:
  RoomCall(TargetBase& target, CallConfig config) : CallBase(target, std::move(config)) {}
  // The client's participant ends with the call, which the base class looks after.
  ~RoomCall() override { client_.reset(); }

 private:
  void Start(bool again) override;
  void SayGoodbye() override;
  void Abandon() override;
  void Release() override { client_.reset(); }
  bool Resumes() override;
  bool signalled() const override { return client_ != nullptr && client_->answers() > answers_; }
  std::string Missing() const override {
    return client_ != nullptr && client_->welcomed() ? "the server does not answer the offer"
                                                     : "the server does not let us in";
  }
  void Work(Timestamp now) override;
  void OnLost(Participant& transport) override;
  void TellMuted() override;
  void TellTiles() override;
  void MakeClient();

  std::unique_ptr<RoomClient> client_;
  int answers_ = 0;     // those of before this join
  int told_tiles_ = 0;  // the answer after which the layout was told
};

void RoomCall::MakeClient() {
  synthetic::RoomClientConfig room{.url = target().options().url,
                                   .room = config().room,
                                   .identity = config().identity,
                                   .name = config().media.name,
                                   .token = target().options().token};
  room.owner = {
      .add = [this](synthetic::ParticipantConfig media) { return AddTransport(std::move(media)); },
      .remove = [this](Participant& transport) { EndTransport(transport); }};
  client_ = std::make_unique<RoomClient>(target().swarm(), target().web(), std::move(room),
                                         config().media);
  answers_ = 0;
}

void RoomCall::Start(bool again) {
  if (!again || client_ == nullptr) {
    MakeClient();
    return client_->Connect();
  }
  answers_ = client_->answers();
  Participant* transport = client_->participant();
  if (transport != nullptr) {
    target().swarm().SetImpairment(*transport, {});
    // A phone that has found another network; without an address to start from, a new transport.
    if (!target().swarm().MoveToNewSocket(*transport).ok()) client_->ForgetParticipant();
  }
  client_->Resume();
}

// As long as the server keeps the place, which only it knows.
bool RoomCall::Resumes() { return client_ != nullptr && client_->welcomed(); }

void RoomCall::SayGoodbye() {
  if (client_ != nullptr) client_->Leave();
}

void RoomCall::Abandon() {
  if (client_ != nullptr) client_->DropSignaling();
}

void RoomCall::Work(Timestamp /*now*/) {
  if (client_ == nullptr) return;
  if (!client_->bye().empty()) return Fail("the server says goodbye: " + client_->bye());
  // An error in the midst of a call concerns one request; one that ends it closes the connection.
  if (!client_->error().empty() && (state() == State::kJoining || client_->closed())) {
    return Fail(client_->error());
  }
  if (signalled()) OnSignalled(*client_->answered_at());
  // After a new transport all is to be told again.
  if (state() == State::kUp && told_tiles_ != client_->answers()) {
    TellMuted();
    TellTiles();
  }
}

void RoomCall::OnLost(Participant& transport) {
  // The server notices too, says `reconnect`, and the client makes a new one.
  if (state() == State::kUp && transport.state() == TransportState::kGone) return;
  CallBase::OnLost(transport);
}

void RoomCall::TellMuted() {
  Participant* transport = client_->participant();
  if (transport == nullptr) return;
  for (const std::string& mid : transport->MidsOf(MediaPlan::Role::kAudioTrack)) {
    client_->Mute(mid, audio_muted());
  }
  for (const std::string& mid : transport->MidsOf(MediaPlan::Role::kVideoTrack)) {
    client_->Mute(mid, video_muted());
  }
}

void RoomCall::TellTiles() {
  told_tiles_ = client_->answers();
  Participant* transport = client_->participant();
  if (transport == nullptr || tiles().empty()) return;
  const std::vector<std::string> mids = transport->MidsOf(MediaPlan::Role::kVideoSlot);
  if (mids.empty()) return;
  json slots = json::array();
  for (std::size_t i = 0; i < mids.size(); ++i) {
    const Tile tile = i < tiles().size() ? tiles()[i] : Tile{};
    json slot = {{"mid", mids[i]}, {"participant", nullptr}};
    if (!tile.identity.empty()) slot["participant"] = tile.identity;
    // 0 would mean that the height is not known; the least that can be asked for is one pixel.
    slot["height"] = std::max(tile.height, 1);
    slots.push_back(std::move(slot));
  }
  client_->Send({{"type", "view"}, {"id", client_->NextRequest()}, {"slots", std::move(slots)}});
}

}  // namespace

absl::Status RoomTarget::Prepare(std::span<const std::string> rooms) {
  bool let_in = false;
  std::string error;
  std::unique_ptr<synthetic::WebClient::Socket> socket;
  json hello = {{"type", "hello"}, {"version", 1}, {"room", rooms.empty() ? "probe" : rooms[0]}};
  if (!options().token.empty()) hello["token"] = options().token;
  const auto on_text = [&](std::string_view text) {
    const json message = json::parse(text, nullptr, false);
    if (!message.is_object()) {
      error = "the server sends something that is no JSON object";
    } else if (Text(message, "type") == "welcome") {
      let_in = true;
      socket->Send(R"({"type":"leave"})");
    } else if (Text(message, "type") == "error") {
      error = Text(message, "code") + ": " + Text(message, "message");
    }
  };
  const auto on_closed = [&](std::string reason) {
    if (!let_in && error.empty()) error = "cannot be reached: " + reason;
  };
  socket = web().Open(
      options().url,
      {.on_open = [&] { socket->Send(hello.dump()); }, .on_text = on_text, .on_closed = on_closed});
  swarm().RunUntil([&] { return let_in || !error.empty(); }, options().patience);
  if (let_in) return absl::OkStatus();
  if (error.empty()) error = "does not answer";
  return absl::UnavailableError(options().url + ": " + OneLine(error));
}

std::unique_ptr<Call> RoomTarget::NewCall(CallConfig config) {
  return std::make_unique<RoomCall>(*this, std::move(config));
}

}  // namespace stellwerk::load
