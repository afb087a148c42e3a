#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "bench/load/scenario/scenario.h"
#include "bench/synthetic/media_clip.h"
#include "bench/synthetic/opus_source.h"
#include "bench/synthetic/video_config.h"

// A scenario's media in the terms of synthetic participants.
namespace stellwerk::load {

// What a scenario replays; null: nothing.
struct Clips {
  std::shared_ptr<const synthetic::MediaClip> video = nullptr;
  std::shared_ptr<const synthetic::MediaClip> audio = nullptr;
};
// Reads the files of a scenario, once for all its people. The error is one line: "video.replay:
// clip.ivf: not an IVF file: ...".
absl::StatusOr<Clips> ReadClips(const Scenario& scenario);

// `source` is that of the payload mark; the settings must be on. With a recording, size, rate and
// pictures in a second are those of the recording.
synthetic::VideoConfig ToVideoConfig(const VideoSettings& video, uint32_t source,
                                     std::shared_ptr<const synthetic::MediaClip> replay = nullptr);
synthetic::AudioConfig ToAudioConfig(const AudioSettings& audio, uint32_t source,
                                     std::shared_ptr<const synthetic::MediaClip> replay = nullptr);

}  // namespace stellwerk::load
