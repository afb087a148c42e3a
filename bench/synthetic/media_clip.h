#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk::synthetic {

// One frame of a recording: all that a source replays of it.
struct ClipFrame {
  TimeDelta at{};         // since the recording's start; ascends
  uint32_t size = 0;      // bytes
  bool keyframe = false;  // audio: always
  uint8_t toc = 0;        // Opus: RFC 6716 §3.1
};

// When an encoder made frames and how large they were, from a file. What was in them is not kept:
// sources write payloads of their own, so that each packet can be judged.
struct MediaClip {
  Codec codec = Codec::kUnknown;    // kVp8, kVp9, kAv1 or kOpus
  VideoResolution resolution = {};  // of the file's header; video
  std::vector<ClipFrame> frames;    // at least one; of video the first is a keyframe
  TimeDelta length{};               // when it starts again, after the last frame; positive

  [[nodiscard]] DataRate mean_rate() const;
};

// What parsers say of a file that they cannot take: "clip.ivf: it ...".
absl::Status ClipError(std::string_view name, std::string_view text);
// What every parser ends with: checks that the frames can be replayed, shifts their times to begin
// at zero, and sets `length`. `last`: how long the last frame lasts; nothing: as long as the others
// on average. `name` begins the error's text.
absl::StatusOr<MediaClip> FinishClip(MediaClip clip, std::optional<TimeDelta> last,
                                     std::string_view name);

// An IVF or Ogg Opus file, told by its first bytes. Blocks on the disk.
absl::StatusOr<std::shared_ptr<const MediaClip>> ReadMediaClip(const std::string& path);

}  // namespace stellwerk::synthetic
