#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/rtp/header_extensions/audio_level.h"

namespace stellwerk::synthetic {

// One encoded frame (of video a picture with all its spatial layers), cut into RTP payloads.
struct MediaFrame {
  Timestamp captured;
  std::vector<std::vector<uint8_t>> payloads;
  bool keyframe = false;
  std::optional<AudioLevel> level = {};  // audio
  bool begins_talkspurt = false;         // audio: the first after a time without packets
  // Dependency Descriptors, one for each payload; empty: without.
  std::vector<std::vector<uint8_t>> descriptors = {};
  // Of the first packet; empty: without.
  std::vector<uint8_t> layers_allocation = {};
};

}  // namespace stellwerk::synthetic
