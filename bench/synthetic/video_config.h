#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/synthetic/media_clip.h"
#include "bench/synthetic/scalability_mode.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk::synthetic {

// One encoding, which is one RTP stream.
struct VideoLayer {
  std::string rid;
  VideoResolution resolution;  // of its highest spatial layer; each lower one is half as large
  DataRate bitrate;            // of all its spatial and temporal layers together
};

// How large frames are. As it stands: all alike but for keyframes.
struct FrameSizes {
  double keyframe = 5;   // times another frame
  double deviation = 0;  // standard deviation of the others, times their mean
  // What a large frame took too much is saved over about this time; zero: never, so that keyframes
  // come on top of the rate.
  TimeDelta settle{};

  // As libvpx does in real-time mode, about.
  static FrameSizes LikeAnEncoder() {
    return {.keyframe = 6.5, .deviation = 0.2, .settle = std::chrono::seconds(1)};
  }
};

// What libwebrtc's EncoderRtcpFeedback has between keyframes that it makes on request. Without such
// a pause whoever asks for one for each viewer who joins would be sent little else.
inline constexpr TimeDelta kBrowserKeyframePause = std::chrono::milliseconds(300);

// A camera.
struct VideoConfig {
  uint32_t source = 0;  // of the payload mark
  // kVp8, kVp9, kH264 or kAv1. Its m-line offers this codec alone.
  Codec codec = Codec::kVp8;
  // Of every encoding. VP8 and H264 have no spatial layers; temporal layers of H264 need the
  // Dependency Descriptor.
  ScalabilityMode mode = {.spatial_layers = 1, .temporal_layers = 3};
  // One without rid: no simulcast. In ascending quality.
  std::vector<VideoLayer> layers = {
      {"q", {320, 180}, DataRate::KilobitsPerSecond(150)},
      {"h", {640, 360}, DataRate::KilobitsPerSecond(500)},
      {"f", {1280, 720}, DataRate::KilobitsPerSecond(1500)},
  };
  int frames_per_second = 30;
  // Unless asked there is one keyframe, the first.
  std::optional<int> keyframe_interval = {};  // frames
  // In frames. Frames above the temporal base layer predict from the one before them in their own
  // layer too, but for those of the first four pictures of each such interval: only there can a
  // receiver step up. 4 or less: anywhere, as browsers encode.
  int temporal_switch_interval = 4;
  // VP9: references are listed in each packet (RFC 9628 §3, flexible mode), or follow from the
  // picture group in the scalability structure.
  bool vp9_flexible = true;
  // Offered and, if the answer has it, written. Not said: with AV1 and H264. As libwebrtc does, VP8
  // leaves its picture id, tl0picidx and tid out when it is there.
  std::optional<bool> dependency_descriptor = {};
  // The frames are encrypted end to end: no byte of the encoded frame is what the codec's format
  // says. With the Dependency Descriptor not even the RTP payload's own descriptor is; without it
  // that one can be read, and so can the first bytes of VP8's (10 of a keyframe, 3 of others) and
  // the NAL and OBU headers of H264 and AV1, which packetisation needs.
  bool scramble = false;
  FrameSizes frame_sizes = {};
  // A keyframe of an encoding that is asked for sooner than that after one that was obeyed is not
  // made: see kBrowserKeyframePause.
  TimeDelta keyframe_pause{};
  // Pictures come when those of this recording came, as large as they were, with its keyframes, and
  // again from the start; `codec` must be its codec. Encodings other than the highest are as much
  // smaller as their bitrate is; another rate set later scales all. A keyframe that is asked for
  // takes a picture's place. bitrate and frames_per_second should be the recording's: see
  // ReplayConfig().
  std::shared_ptr<const MediaClip> replay = nullptr;

  [[nodiscard]] bool offers_dependency_descriptor() const {
    return dependency_descriptor.value_or(codec == Codec::kAv1 || codec == Codec::kH264);
  }
};

// A camera that replays `clip`, which must be of video, in one stream.
[[nodiscard]] VideoConfig ReplayConfig(uint32_t source, std::shared_ptr<const MediaClip> clip);

// "L3T3_KEY" in one stream; for tests that know what they write.
[[nodiscard]] inline VideoConfig SvcConfig(uint32_t source, Codec codec, std::string_view mode) {
  VideoConfig config;
  config.source = source;
  config.codec = codec;
  config.mode = ScalabilityMode::Parse(mode).value();
  config.layers = {{"", {1280, 720}, DataRate::KilobitsPerSecond(1500)}};
  return config;
}

}  // namespace stellwerk::synthetic
