#include <cmath>
#include <limits>

#include "bench/load/scenario/settings.h"

namespace stellwerk::load {
namespace {

constexpr int64_t kMaxParticipants = 100'000;
// A timeline is made beforehand, so it has to fit into memory.
constexpr double kMaxEvents = 5e6;

// How often something with this period happens.
double Times(TimeDelta duration, TimeDelta period) {
  if (period.count() == 0) return 0;
  return static_cast<double>(duration.count()) / static_cast<double>(period.count());
}

std::optional<Contradiction> FindWrongPeople(const Scenario& s) {
  if (s.room_size() == 0)
    return Contradiction{"publishers", "0, and no subscribers: nobody is there"};
  const int64_t participants = int64_t{s.rooms} * s.room_size();
  if (participants > kMaxParticipants) {
    return Contradiction{"rooms", "makes " + std::to_string(participants) +
                                      " participants, of which there may be " +
                                      std::to_string(kMaxParticipants)};
  }
  if (s.publishers > 0 && !s.video.on() && !s.audio.on) {
    return Contradiction{"video.codec", "none, and audio.codec none too: publishers send nothing"};
  }
  return std::nullopt;
}

std::optional<Contradiction> FindWrongVideo(const VideoSettings& video) {
  if (!video.on()) return std::nullopt;
  const bool spatial = video.mode.spatial_layers > 1;
  const bool knows_spatial = video.codec == Codec::kVp9 || video.codec == Codec::kAv1;
  if (spatial && !knows_spatial) {
    return Contradiction{"video.mode",
                         video.mode.ToText() + " has spatial layers, which only vp9 and av1 know"};
  }
  if (spatial && video.simulcast == true) {
    return Contradiction{"video.simulcast",
                         "true, but video.mode " + video.mode.ToText() +
                             " has spatial layers: it is either the one or the other"};
  }
  if (!video.replay.empty() && video.codec == Codec::kH264) {
    return Contradiction{"video.replay", "IVF files hold vp8, vp9 or av1, not h264"};
  }
  return std::nullopt;
}

std::optional<Contradiction> FindTooManyEvents(const Scenario& s) {
  const auto people = static_cast<double>(s.participants());
  const double minutes = std::chrono::duration<double>(s.duration).count() / 60;
  struct Source {
    const char* path;
    double events;
  };
  const Source sources[] = {
      {"churn_per_minute", 2 * s.churn_per_minute * minutes},
      {"layout_flip_every", people * Times(s.duration, s.layout_flip_every)},
      {"speaker_change_every", s.rooms * Times(s.duration, s.speaker_change_every)},
      {"mute_storm.every", 2 * people * s.mute_storm.share * Times(s.duration, s.mute_storm.every)},
      {"reconnect_every", Times(s.duration, s.reconnect_every)},
  };
  for (const Source& source : sources) {
    if (source.events <= kMaxEvents) continue;
    return Contradiction{source.path, "would happen " +
                                          std::to_string(std::llround(source.events)) +
                                          " times, of which there may be " +
                                          std::to_string(std::llround(kMaxEvents))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Contradiction> FindContradiction(const Scenario& scenario) {
  if (auto found = FindWrongPeople(scenario)) return found;
  if (auto found = FindWrongVideo(scenario.video)) return found;
  const MuteStorm& storm = scenario.mute_storm;
  if (storm.every.count() > 0 && storm.lasts >= storm.every) {
    return Contradiction{"mute_storm.lasts", "has to be shorter than mute_storm.every"};
  }
  return FindTooManyEvents(scenario);
}

}  // namespace stellwerk::load
