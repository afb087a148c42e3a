#include "rtc/rtp/header_extensions/transmission_offset.h"

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"

namespace stellwerk {

std::optional<TransmissionOffset> TransmissionOffset::Parse(std::span<const uint8_t> data) {
  ByteReader in(data);
  const uint32_t value = in.ReadU24();
  if (!in.ok()) return std::nullopt;
  const auto offset = static_cast<int32_t>(value);
  return TransmissionOffset{offset >= 1 << 23 ? offset - (1 << 24) : offset};
}

std::array<uint8_t, TransmissionOffset::kSize> TransmissionOffset::Serialize() const {
  std::array<uint8_t, kSize> data{};
  ByteWriter(data).WriteU24(static_cast<uint32_t>(offset) & 0xFFFFFF);
  return data;
}

}  // namespace stellwerk
