#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bench/synthetic/media_frame.h"
#include "bench/synthetic/video_config.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// One simulcast layer of a camera: frames with valid VP8 payload descriptors (RFC 7741) and frame
// headers (RFC 6386 §9.1), picture ids, tl0picidx, and the temporal pattern 0 2 1 2 that libwebrtc
// uses.
class Vp8Source {
 public:
  // Bytes of an RTP payload.
  static constexpr std::size_t kMaxPayload = 1100;

  Vp8Source(const VideoConfig& config, std::size_t layer, Random& random);

  MediaFrame NextFrame(Timestamp captured);
  // The next frame will be a keyframe.
  void RequestKeyframe() { keyframe_wanted_ = true; }

  [[nodiscard]] uint64_t keyframes() const { return keyframes_; }

 private:
  [[nodiscard]] std::size_t FrameSize(bool keyframe) const;

  uint32_t source_;
  uint8_t encoding_;
  VideoLayer layer_;
  int frames_per_second_;
  int temporal_layers_;
  std::optional<int> keyframe_interval_;
  bool keyframe_wanted_ = true;
  uint32_t frame_ = 0;
  uint32_t since_keyframe_ = 0;
  uint64_t keyframes_ = 0;
  uint16_t picture_id_;
  uint8_t tl0_picture_index_;
};

}  // namespace stellwerk::synthetic
