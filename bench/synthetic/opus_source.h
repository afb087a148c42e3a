#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/synthetic/media_frame.h"
#include "rtc/base/units.h"
#include "rtc/rtp/header_extensions/audio_level.h"

namespace stellwerk::synthetic {

struct AudioConfig {
  uint32_t source = 0;             // of the payload mark
  std::size_t payload_bytes = 80;  // 32 kb/s at 50 packets per second
  AudioLevel level = {.level = 30, .voice_activity = true};
};

// Packets that look like Opus from outside: one of 20 ms, 50 times a second.
class OpusSource {
 public:
  static constexpr TimeDelta kInterval = std::chrono::milliseconds(20);

  explicit OpusSource(const AudioConfig& config) : config_(config) {}

  MediaFrame NextFrame(Timestamp captured);
  // How loud the following packets claim to be.
  void SetLevel(AudioLevel level) { config_.level = level; }

 private:
  AudioConfig config_;
  uint32_t frame_ = 0;
};

}  // namespace stellwerk::synthetic
