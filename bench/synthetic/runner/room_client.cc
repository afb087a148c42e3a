#include "bench/synthetic/runner/room_client.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace stellwerk::synthetic {
namespace {

using nlohmann::json;
using Role = MediaPlan::Role;

// A text field; empty if it is missing, null or no text.
std::string Text(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace

RoomClient::RoomClient(Swarm& swarm, WebClient& web, RoomClientConfig config,
                       ParticipantConfig media)
    : swarm_(swarm), web_(web), config_(std::move(config)), media_(std::move(media)) {
  secret_ = config_.secret;
}

RoomClient::~RoomClient() {
  socket_.reset();
  RemoveParticipant();
}

void RoomClient::RemoveParticipant() {
  Participant* participant = std::exchange(participant_, nullptr);
  if (participant != nullptr) config_.owner.Remove(swarm_, *participant);
}

void RoomClient::Resume() {
  resuming_ = true;
  Connect();
}

void RoomClient::Connect() {
  closed_ = false;
  error_.clear();
  bye_.clear();
  socket_ = web_.Open(
      config_.url,
      {.on_open =
           [this] {
             json hello = {{"type", "hello"},
                           {"version", 1},
                           {"room", config_.room},
                           {"name", config_.name.empty() ? config_.identity : config_.name}};
             const std::string& identity = identity_.empty() ? config_.identity : identity_;
             if (!identity.empty()) hello["identity"] = identity;
             if (!config_.token.empty()) hello["token"] = config_.token;
             if (!secret_.empty()) hello["secret"] = secret_;
             Send(hello);
           },
       .on_text =
           [this](std::string_view text) {
             try {
               OnText(text);
             } catch (const json::exception&) {
               error_ = "the server sent a field of an unexpected type";
             }
           },
       .on_closed =
           [this](std::string reason) {
             closed_ = true;
             if (bye_.empty() && error_.empty()) error_ = "the connection ended: " + reason;
           }});
}

void RoomClient::Send(const json& message) {
  if (socket_ != nullptr) socket_->Send(message.dump());
}

void RoomClient::OnText(std::string_view text) {
  const json message = json::parse(text, nullptr, false);
  if (!message.is_object()) {
    error_ = "the server sent something that is no JSON object";
    return;
  }
  const std::string type = Text(message, "type");
  if (type == "welcome") {
    OnWelcome(message);
  } else if (type == "answer") {
    OnAnswer(message);
  } else if (type == "stats") {
    stats_ = std::make_unique<json>(message);
  } else if (type == "encodings") {
    OnEncodings(message);
  } else if (type == "error" && message.value("id", 0) == stats_request_ && stats_request_ != 0) {
    // No statistics this time: no reason to give up.
  } else if (type == "error") {
    error_ = Text(message, "code") + ": " + Text(message, "message");
  } else if (type == "slots") {
    OnSlots(message);
  } else if (type == "joined" || type == "updated") {
    OnParticipant(message.value("participant", json::object()));
  } else if (type == "left") {
    others_.erase(Text(message, "identity"));
  } else if (type == "speakers") {
    speakers_.clear();
    for (const json& identity : message.value("identities", json::array())) {
      if (identity.is_string()) speakers_.push_back(identity.get<std::string>());
    }
  } else if (type == "reconnect") {
    ++reconnects_;
    if (config_.reconnect) MakeParticipant();
  } else if (type == "bye") {
    bye_ = Text(message, "reason");
  }
}

void RoomClient::OnWelcome(const json& message) {
  secret_ = Text(message, "secret");
  identity_ = Text(message.value("participant", json::object()), "identity");
  others_.clear();
  for (const json& other : message.value("participants", json::array())) OnParticipant(other);
  const bool resumed = message.value("resumed", false);
  const bool restart = std::exchange(resuming_, false);
  if (!resumed || !connected()) return MakeParticipant();
  if (!restart) return;
  participant_->RestartIce();
  SendOffer();
}

void RoomClient::OnParticipant(const json& participant) {
  if (!participant.is_object()) return;
  others_[Text(participant, "identity")] = participant.value("tracks", json::array()).size();
}

void RoomClient::MakeParticipant() {
  RemoveParticipant();
  slots_.clear();
  wanted_.clear();
  ParticipantConfig config = media_;
  config.name = identity_;
  auto added = config_.owner.Add(swarm_, std::move(config));
  if (!added.ok()) {
    error_ = std::string(added.status().message());
    return;
  }
  participant_ = *added;
  SendTracks();
  SendOffer();
}

void RoomClient::SendTracks() {
  json tracks = json::array();
  for (const MediaPlan& plan : participant_->media()) {
    const bool audio = plan.role == Role::kAudioTrack;
    if (!audio && plan.role != Role::kVideoTrack) continue;
    tracks.push_back({{"mid", plan.mid},
                      {"source", audio ? "microphone" : "camera"},
                      {"muted", muted_[plan.mid]}});
  }
  if (tracks.empty()) return;
  Send({{"type", "tracks"}, {"id", next_request_++}, {"tracks", tracks}});
}

void RoomClient::SendOffer() {
  if (participant_ == nullptr) return;
  offer_request_ = next_request_++;
  Send({{"type", "offer"}, {"id", offer_request_}, {"sdp", participant_->CreateOffer()}});
}

void RoomClient::OnAnswer(const json& message) {
  // An answer to an offer that a newer one has overtaken is of no use.
  if (participant_ == nullptr || message.value("id", 0) != offer_request_) return;
  const auto status = swarm_.HandleAnswer(*participant_, Text(message, "sdp"));
  if (!status.ok()) error_ = std::string(status.message());
  ++answers_;
  answered_at_ = swarm_.Now();
  ApplyEncodings();
}

void RoomClient::OnEncodings(const json& message) {
  ++encodings_messages_;
  for (const json& track : message.value("tracks", json::array())) {
    if (!track.is_object()) continue;
    const json rids = track.value("rids", json::object());  // items() does not keep it alive
    for (const auto& [rid, wanted] : rids.items()) {
      if (wanted.is_boolean()) wanted_[Text(track, "mid")][rid] = wanted.get<bool>();
    }
  }
  ApplyEncodings();
}

void RoomClient::ApplyEncodings() {
  if (participant_ == nullptr) return;
  for (const auto& [mid, rids] : wanted_) {
    PublishedTrack* track = participant_->Track(mid);
    if (track == nullptr) continue;
    uint32_t mask = 0;
    for (std::size_t i = 0; i < track->streams().size(); ++i) {
      const auto wanted = rids.find(std::string(track->streams()[i].config().rid.view()));
      if (wanted == rids.end() || wanted->second) mask |= uint32_t{1} << i;
    }
    track->SetEncodingsWanted(mask);
  }
}

void RoomClient::OnSlots(const json& message) {
  for (const json& slot : message.value("slots", json::array())) {
    if (!slot.is_object()) continue;
    SlotState state{.identity = Text(slot, "identity"),
                    .track = Text(slot, "track"),
                    .status = Text(slot, "status")};
    if (const auto csrc = slot.find("csrc"); csrc != slot.end() && csrc->is_number_unsigned()) {
      state.csrc = csrc->get<uint32_t>();
    }
    slots_[Text(slot, "mid")] = std::move(state);
  }
}

void RoomClient::View(const std::string& mid, const std::optional<std::string>& identity,
                      std::optional<std::pair<int, int>> layer) {
  json slot = {{"mid", mid}, {"participant", nullptr}};
  if (identity) slot["participant"] = *identity;
  if (layer) slot["layer"] = {{"spatial", layer->first}, {"temporal", layer->second}};
  Send({{"type", "view"}, {"id", next_request_++}, {"slots", json::array({slot})}});
}

void RoomClient::SetDemand(const std::string& mid, std::optional<int> height,
                           std::optional<int> priority) {
  json slot = {{"mid", mid}};
  if (height) slot["height"] = *height;
  if (priority) slot["priority"] = *priority;
  Send({{"type", "view"}, {"id", next_request_++}, {"slots", json::array({slot})}});
}

void RoomClient::AskStats() {
  stats_request_ = next_request_++;
  Send({{"type", "stats"}, {"id", stats_request_}});
}

void RoomClient::Mute(const std::string& mid, bool muted) {
  muted_[mid] = muted;
  SendTracks();
}

void RoomClient::Leave() { Send({{"type", "leave"}}); }

const StreamReport* RoomClient::VideoOf(std::string_view identity) const {
  if (participant_ == nullptr) return nullptr;
  for (const std::string& mid : participant_->MidsOf(Role::kVideoSlot)) {
    const auto state = slots_.find(mid);
    const SlotReceiver* slot = participant_->Slot(mid);
    if (state != slots_.end() && state->second.identity == identity && slot != nullptr) {
      return &slot->report();
    }
  }
  return nullptr;
}

}  // namespace stellwerk::synthetic
