#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "rtc/base/media_parameters.h"

namespace stellwerk::synthetic {

// Codecs as Chromium numbers and describes them in its offers.
inline constexpr uint8_t kOpusPayloadType = 111;

struct VideoFormat {
  Codec codec;
  std::string_view name;
  uint8_t payload_type;
  uint8_t rtx;
  std::string_view fmtp;
};
inline constexpr std::array kVideoFormats = {
    VideoFormat{Codec::kVp8, "VP8", 96, 97, ""},
    VideoFormat{Codec::kVp9, "VP9", 98, 99, "profile-id=0"},
    VideoFormat{Codec::kH264, "H264", 102, 103,
                "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    VideoFormat{Codec::kAv1, "AV1", 45, 46, "level-idx=5;profile=0;tier=0"},
};

constexpr const VideoFormat* FindVideoFormat(Codec codec) {
  for (const VideoFormat& format : kVideoFormats) {
    if (format.codec == codec) return &format;
  }
  return nullptr;
}

}  // namespace stellwerk::synthetic
