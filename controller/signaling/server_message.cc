#include "controller/signaling/server_message.h"

#include <nlohmann/json.hpp>
#include <variant>
#include <vector>

#include "controller/signaling/client_message.h"
#include "controller/signaling/stats_message.h"

namespace stellwerk {
namespace {

using Json = nlohmann::ordered_json;

// Never throws: text that is not UTF-8 (an SDP line that a client sent back) is replaced.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json ToJson(const ParticipantInfo& participant) {
  Json tracks = Json::array();
  for (const Track& track : participant.tracks) {
    tracks.push_back({{"id", TrackName(track.id)},
                      {"kind", track.kind == MediaKind::kAudio ? "audio" : "video"},
                      {"source", ToString(track.source)},
                      {"muted", track.muted}});
  }
  return {{"identity", participant.identity.Reveal()},
          {"name", participant.name.Reveal()},
          {"tracks", std::move(tracks)}};
}

std::string_view ToText(SlotStatus status) {
  switch (status) {
    case SlotStatus::kActive:
      return "active";
    case SlotStatus::kEmpty:
      return "empty";
    case SlotStatus::kCodecUnsupported:
      return "codec_unsupported";
  }
  return "";
}

Json ToJson(const SlotContent& slot) {
  Json json = {{"mid", slot.mid.view()}, {"identity", nullptr}, {"track", nullptr}};
  if (slot.track) {
    json["identity"] = slot.identity.Reveal();
    json["track"] = TrackName(*slot.track);
    json["csrc"] = slot.track->value();
  }
  json["status"] = ToText(slot.status);
  return json;
}

Json ErrorJson(std::optional<int64_t> id, std::string_view code, std::string_view message) {
  Json json = {{"type", "error"}};
  if (id) json["id"] = *id;
  json["code"] = code;
  json["message"] = message;
  return json;
}

struct EventToJson {
  Json operator()(const ParticipantJoined& event) const {
    return {{"type", "joined"}, {"participant", ToJson(event.participant)}};
  }
  Json operator()(const ParticipantUpdated& event) const {
    return {{"type", "updated"}, {"participant", ToJson(event.participant)}};
  }
  Json operator()(const ParticipantLeft& event) const {
    return {{"type", "left"}, {"identity", event.identity.Reveal()}};
  }
  Json operator()(const SlotsChanged& event) const {
    Json slots = Json::array();
    for (const SlotContent& slot : event.slots) slots.push_back(ToJson(slot));
    return {{"type", "slots"}, {"slots", std::move(slots)}};
  }
  Json operator()(const SpeakersChanged& event) const {
    Json identities = Json::array();
    for (const Redacted& identity : event.identities) identities.push_back(identity.Reveal());
    return {{"type", "speakers"}, {"identities", std::move(identities)}};
  }
  Json operator()(const EncodingsWanted& event) const {
    Json tracks = Json::array();
    for (const TrackEncodings& track : event.tracks) {
      Json rids = Json::object();
      for (const auto& [rid, wanted] : track.wanted) rids[std::string(rid.view())] = wanted;
      tracks.push_back({{"mid", track.mid.view()}, {"rids", std::move(rids)}});
    }
    return {{"type", "encodings"}, {"tracks", std::move(tracks)}};
  }
  Json operator()(const StatsReport& report) const { return StatsToJson(report); }
  Json operator()(const StatsFailed& failed) const {
    return ErrorJson(failed.request, CodeOf(failed.error.code), failed.error.text);
  }
  Json operator()(const ReconnectNeeded& event) const {
    const bool worker = event.reason == ReconnectReason::kWorkerLost;
    return {{"type", "reconnect"}, {"reason", worker ? "worker_lost" : "transport_lost"}};
  }
  Json operator()(const Goodbye& event) const {
    std::string_view reason = "left";
    if (event.reason == ByeReason::kReplaced) reason = "replaced";
    if (event.reason == ByeReason::kShutdown) reason = "shutdown";
    return {{"type", "bye"}, {"reason", reason}};
  }
};

}  // namespace

std::string WelcomeText(const Redacted& room, const Joined& joined, SlotLimits limits) {
  Json others = Json::array();
  for (const ParticipantInfo& other : joined.others) others.push_back(ToJson(other));
  return Dump({{"type", "welcome"},
               {"version", kSignalingVersion},
               {"room", room.Reveal()},
               {"resumed", joined.resumed},
               {"secret", joined.secret.Reveal()},
               {"participant", ToJson(joined.self)},
               {"participants", std::move(others)},
               {"limits",
                {{"audio_slots", limits.audio},
                 {"video_slots", limits.video},
                 {"message_bytes", kMaxSignalingMessage}}}});
}

std::string AnswerText(int64_t id, std::string_view sdp) {
  return Dump({{"type", "answer"}, {"id", id}, {"sdp", sdp}});
}

std::string OkText(int64_t id) { return Dump({{"type", "ok"}, {"id", id}}); }

std::string ErrorText(std::optional<int64_t> id, std::string_view code, std::string_view message) {
  return Dump(ErrorJson(id, code, message));
}

std::string EventText(const RoomEvent& event) { return Dump(std::visit(EventToJson(), event)); }

std::string_view CodeOf(RoomErrorCode code) {
  switch (code) {
    case RoomErrorCode::kUnauthorized:
    case RoomErrorCode::kConflict:
      return "unauthorized";
    case RoomErrorCode::kFull:
      return "room_full";
    case RoomErrorCode::kNotFound:
      return "not_found";
    case RoomErrorCode::kOfferRejected:
      return "offer_rejected";
    case RoomErrorCode::kUnavailable:
      return "unavailable";
  }
  return "internal";
}

}  // namespace stellwerk
