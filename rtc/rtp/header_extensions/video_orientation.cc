#include "rtc/rtp/header_extensions/video_orientation.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

std::optional<VideoOrientation> VideoOrientation::Parse(std::span<const uint8_t> data) {
  ByteReader in(data);
  const uint8_t byte = in.ReadU8();
  if (!in.ok()) return std::nullopt;
  return VideoOrientation{.back_camera = (byte & 0x08) != 0,
                          .flip = (byte & 0x04) != 0,
                          .quarter_turns = static_cast<uint8_t>(byte & 0x03)};
}

std::array<uint8_t, VideoOrientation::kSize> VideoOrientation::Serialize() const {
  return {
      static_cast<uint8_t>((back_camera ? 0x08 : 0) | (flip ? 0x04 : 0) | (quarter_turns & 0x03))};
}

}  // namespace stellwerk
