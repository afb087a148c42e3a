#include "controller/signaling/stats_message.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "controller/room/track.h"

namespace stellwerk {
namespace {

using Json = nlohmann::ordered_json;

Json Milliseconds(TimeDelta time) {
  return std::chrono::duration<double, std::milli>(time).count();
}
Json Milliseconds(const std::optional<TimeDelta>& time) {
  return time ? Milliseconds(*time) : Json();
}

std::string_view ToText(LayerReason reason) {
  switch (reason) {
    case LayerReason::kNoSource:
      return "no_source";
    case LayerReason::kPaused:
      return "paused";
    case LayerReason::kBest:
      return "best";
    case LayerReason::kDemand:
      return "demand";
    case LayerReason::kBandwidth:
      return "bandwidth";
    case LayerReason::kHolding:
      return "holding";
    case LayerReason::kSwitching:
      return "switching";
  }
  return "";
}

std::string_view ToText(MediaKind kind) { return kind == MediaKind::kAudio ? "audio" : "video"; }

Json ToJson(const std::optional<Layer>& layer) {
  if (!layer) return nullptr;
  return {{"encoding", layer->encoding},
          {"spatial", layer->spatial.value()},
          {"temporal", layer->temporal.value()}};
}

Json ToJson(const TransportStats& stats) {
  return {{"round_trip_time", Milliseconds(stats.round_trip_time)},
          {"estimate", stats.estimate.bps()},
          {"allocated", stats.allocated.bps()},
          {"wanted", stats.wanted.bps()},
          {"sent", stats.sent.bps()},
          {"acknowledged", stats.acknowledged.bps()},
          {"loss", stats.loss},
          {"over_used", stats.over_used},
          {"application_limited", stats.application_limited},
          {"probes", stats.probes},
          {"padding_bytes", stats.padding_bytes},
          {"pacer_delay", Milliseconds(stats.pacer_delay)}};
}

Json ToJson(const proto::DataStats& stats) {
  return {{"channels", stats.channels},
          {"messages", stats.messages},
          {"bytes", stats.bytes},
          {"dropped", stats.dropped},
          {"interruptions", stats.interruptions},
          {"queued_bytes", stats.queued_bytes}};
}

Json ToJson(const SlotReport& slot) {
  const ConsumerStats& stats = slot.stats;
  Json json = {{"mid", slot.mid.view()},
               {"kind", ToText(stats.kind)},
               {"identity", nullptr},
               {"track", nullptr},
               {"layer", ToJson(stats.layer)},
               {"target", ToJson(stats.target)},
               {"reason", ToText(stats.reason)},
               {"priority", stats.demand.priority},
               {"height", stats.demand.height},
               {"paused", stats.paused},
               {"bitrate", stats.bitrate.bps()},
               {"frames", stats.frames},
               {"freezes", stats.freezes},
               {"frozen", Milliseconds(stats.frozen)},
               {"lost_after_repair", stats.lost_after_repair},
               {"score", stats.score},
               {"packets", stats.packets},
               {"bytes", stats.bytes},
               {"retransmitted", stats.retransmitted},
               {"nacked", stats.nacked},
               {"unanswered", stats.unanswered},
               {"switches", stats.switches},
               {"round_trip_time", Milliseconds(stats.round_trip_time)},
               {"loss", stats.fraction_lost / 256.0}};
  if (slot.track) {
    json["identity"] = slot.identity.Reveal();
    json["track"] = TrackName(*slot.track);
  }
  return json;
}

Json ToJson(const EncodingStats& stats, bool wanted) {
  return {{"rid", stats.rid.view()},
          {"active", stats.active},
          {"wanted", wanted},
          {"bitrate", stats.bitrate.bps()},
          {"width", stats.resolution.width},
          {"height", stats.resolution.height},
          {"frames", stats.frames},
          {"freezes", stats.freezes},
          {"frozen", Milliseconds(stats.frozen)},
          {"packets", stats.packets},
          {"bytes", stats.bytes},
          {"duplicates", stats.duplicates},
          {"repaired", stats.repaired},
          {"nacked", stats.nacked},
          {"lost", stats.packets_lost},
          {"jitter", Milliseconds(stats.jitter)},
          {"keyframes", stats.keyframes},
          {"keyframe_requests", stats.keyframe_requests}};
}

Json ToJson(const TrackReport& track) {
  Json encodings = Json::array();
  uint32_t wanted = track.stats.encodings_wanted;
  for (const EncodingStats& encoding : track.stats.encodings) {
    encodings.push_back(ToJson(encoding, (wanted & 1U) != 0));
    wanted >>= 1U;
  }
  return {{"mid", track.mid.view()},          {"track", TrackName(track.stats.id)},
          {"kind", ToText(track.stats.kind)}, {"paused", track.stats.paused},
          {"score", track.stats.score},       {"encodings", std::move(encodings)}};
}

template <typename T>
Json ListOf(const std::vector<T>& list) {
  Json json = Json::array();
  for (const T& item : list) json.push_back(ToJson(item));
  return json;
}

}  // namespace

Json StatsToJson(const StatsReport& report) {
  return {{"type", "stats"},
          {"id", report.request},
          {"transport", report.transport ? ToJson(*report.transport) : Json()},
          {"slots", ListOf(report.slots)},
          {"tracks", ListOf(report.tracks)},
          {"data", report.data ? ToJson(*report.data) : Json()}};
}

}  // namespace stellwerk
