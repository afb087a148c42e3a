#include "bench/load/scenario/tracks.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "rtc/base/check.h"

namespace stellwerk::load {
namespace {

using synthetic::MediaClip;

// How many encodings libwebrtc makes of a camera, by its size: kSimulcastFormats of its
// video/config/simulcast.cc.
int EncodingsOf(int width, int height) {
  const int64_t pixels = int64_t{width} * height;
  if (pixels >= int64_t{960} * 540) return 3;
  if (pixels >= int64_t{480} * 270) return 2;
  return 1;
}

// From the highest down.
constexpr std::array kRids = {"f", "h", "q"};
constexpr std::array<int64_t, 3> kRateDivisors = {1, 3, 10};

absl::StatusOr<std::shared_ptr<const MediaClip>> ReadClip(const std::string& path,
                                                          const std::string& setting, Codec codec) {
  if (path.empty()) return nullptr;
  auto clip = synthetic::ReadMediaClip(path);
  if (!clip.ok()) {
    return absl::InvalidArgumentError(setting + ".replay: " + std::string(clip.status().message()));
  }
  if ((*clip)->codec != codec) {
    return absl::InvalidArgumentError(setting + ".replay: " + path + " is not in the codec of " +
                                      setting + ".codec");
  }
  return clip;
}

}  // namespace

absl::StatusOr<Clips> ReadClips(const Scenario& scenario) {
  Clips clips;
  if (scenario.video.on()) {
    auto clip = ReadClip(scenario.video.replay, "video", *scenario.video.codec);
    if (!clip.ok()) return clip.status();
    clips.video = *std::move(clip);
  }
  if (scenario.audio.on) {
    auto clip = ReadClip(scenario.audio.replay, "audio", Codec::kOpus);
    if (!clip.ok()) return clip.status();
    clips.audio = *std::move(clip);
  }
  return clips;
}

synthetic::VideoConfig ToVideoConfig(const VideoSettings& video, uint32_t source,
                                     std::shared_ptr<const MediaClip> replay) {
  STELLWERK_CHECK(video.on());
  synthetic::VideoConfig config;
  VideoResolution size = {static_cast<uint16_t>(video.width), static_cast<uint16_t>(video.height)};
  DataRate bitrate = video.bitrate;
  config.frames_per_second = video.frames_per_second;
  config.frame_sizes = synthetic::FrameSizes::LikeAnEncoder();
  if (replay != nullptr) {
    config = synthetic::ReplayConfig(source, std::move(replay));
    size = config.layers.front().resolution;
    bitrate = config.layers.front().bitrate;
  }
  config.source = source;
  config.keyframe_pause = synthetic::kBrowserKeyframePause;
  config.codec = *video.codec;
  config.mode = video.mode;
  if (video.keyframe_interval.count() > 0) {
    const double frames =
        std::chrono::duration<double>(video.keyframe_interval).count() * config.frames_per_second;
    config.keyframe_interval = std::max(static_cast<int>(frames + 0.5), 1);
  }
  const int encodings = video.is_simulcast() ? EncodingsOf(size.width, size.height) : 1;
  config.layers.clear();
  for (int i = encodings - 1; i >= 0; --i) {
    const auto index = static_cast<std::size_t>(i);
    config.layers.push_back(
        {.rid = encodings == 1 ? "" : kRids[index],
         .resolution = {static_cast<uint16_t>(size.width >> i),
                        static_cast<uint16_t>(size.height >> i)},
         .bitrate = DataRate::BitsPerSecond(bitrate.bps() / kRateDivisors[index])});
  }
  return config;
}

synthetic::AudioConfig ToAudioConfig(const AudioSettings& audio, uint32_t source,
                                     std::shared_ptr<const MediaClip> replay) {
  STELLWERK_CHECK(audio.on);
  synthetic::AudioConfig config;
  config.source = source;
  const DataSize packet = audio.bitrate * synthetic::OpusSource::kInterval;
  config.payload_bytes = static_cast<std::size_t>(packet.bytes());
  config.level = {.level = static_cast<uint8_t>(audio.level), .voice_activity = true};
  if (audio.silence.count() > 0) {
    config.spurts = synthetic::TalkSpurts{.talk = audio.talk, .silence = audio.silence};
  }
  config.dtx = audio.dtx;
  config.replay = std::move(replay);
  return config;
}

}  // namespace stellwerk::load
