#include "transport/tcp/frame_reader.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

void FrameReader::Append(std::span<const uint8_t> bytes) {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset_));
  offset_ = 0;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::optional<std::span<const uint8_t>> FrameReader::Next() {
  ByteReader reader(std::span<const uint8_t>(bytes_).subspan(offset_));
  const std::size_t size = reader.ReadU16();
  const auto frame = reader.ReadBytes(size);
  if (!reader.ok()) return std::nullopt;
  offset_ += 2 + size;
  return frame;
}

}  // namespace stellwerk
