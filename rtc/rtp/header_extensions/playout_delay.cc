#include "rtc/rtp/header_extensions/playout_delay.h"

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"

namespace stellwerk {
namespace {

constexpr uint32_t kMask = 0xFFF;

}  // namespace

std::optional<PlayoutDelay> PlayoutDelay::Parse(std::span<const uint8_t> data) {
  ByteReader in(data);
  const uint32_t both = in.ReadU24();
  if (!in.ok()) return std::nullopt;
  const PlayoutDelay delay{.min = static_cast<uint16_t>(both >> 12 & kMask),
                           .max = static_cast<uint16_t>(both & kMask)};
  if (delay.min > delay.max) return std::nullopt;
  return delay;
}

std::array<uint8_t, PlayoutDelay::kSize> PlayoutDelay::Serialize() const {
  std::array<uint8_t, kSize> data{};
  ByteWriter(data).WriteU24((min & kMask) << 12 | (max & kMask));
  return data;
}

}  // namespace stellwerk
