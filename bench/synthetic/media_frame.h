#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/rtp/header_extensions/audio_level.h"

namespace stellwerk::synthetic {

// One encoded frame, cut into RTP payloads.
struct MediaFrame {
  Timestamp captured;
  std::vector<std::vector<uint8_t>> payloads;
  bool keyframe = false;
  std::optional<AudioLevel> level;  // audio
};

}  // namespace stellwerk::synthetic
