#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

enum class TrackSource : uint8_t { kCamera, kMicrophone, kScreen };

constexpr std::string_view ToString(TrackSource source) {
  switch (source) {
    case TrackSource::kCamera:
      return "camera";
    case TrackSource::kMicrophone:
      return "microphone";
    case TrackSource::kScreen:
      return "screen";
  }
  return "";
}

constexpr std::optional<TrackSource> ParseTrackSource(std::string_view text) {
  if (text == "camera") return TrackSource::kCamera;
  if (text == "microphone") return TrackSource::kMicrophone;
  if (text == "screen") return TrackSource::kScreen;
  return std::nullopt;
}

// What a client says about one of its m-lines. Without a source audio is a microphone and video a
// camera.
struct TrackSettings {
  std::optional<TrackSource> source;
  bool muted = false;
};

// Something that a participant sends: one producer in the worker.
struct Track {
  ProducerId id;
  Mid mid;
  MediaKind kind = MediaKind::kAudio;
  TrackSource source = TrackSource::kMicrophone;
  bool muted = false;
  std::vector<Rid> rids =
      {};  // of its encodings, in ascending quality; one that is empty: no simulcast
  // Of these, a bit each, those that somebody watches; nullopt: the worker has not told.
  std::optional<uint32_t> wanted = {};
  friend bool operator==(const Track&, const Track&) = default;
};

// As other participants know it.
inline std::string TrackName(ProducerId id) { return std::to_string(id.value()); }

}  // namespace stellwerk
