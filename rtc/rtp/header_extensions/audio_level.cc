#include "rtc/rtp/header_extensions/audio_level.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

std::optional<AudioLevel> AudioLevel::Parse(std::span<const uint8_t> data) {
  ByteReader in(data);
  const uint8_t byte = in.ReadU8();
  if (!in.ok()) return std::nullopt;
  return AudioLevel{.level = static_cast<uint8_t>(byte & 0x7F),
                    .voice_activity = (byte & 0x80) != 0};
}

std::array<uint8_t, AudioLevel::kSize> AudioLevel::Serialize() const {
  return {static_cast<uint8_t>((voice_activity ? 0x80 : 0) | (level & 0x7F))};
}

}  // namespace stellwerk
