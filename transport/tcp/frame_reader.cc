#include "transport/tcp/frame_reader.h"

#include <algorithm>

#include "rtc/base/byte_reader.h"

namespace stellwerk {

void FrameReader::Append(std::span<const uint8_t> bytes) {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset_));
  offset_ = 0;
  const std::size_t skipped = std::min(to_skip_, bytes.size());
  to_skip_ -= skipped;
  bytes = bytes.subspan(skipped);
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::optional<std::span<const uint8_t>> FrameReader::Next() {
  while (true) {
    ByteReader reader(std::span<const uint8_t>(bytes_).subspan(offset_));
    const std::size_t size = reader.ReadU16();
    if (!reader.ok()) return std::nullopt;
    if (size <= max_frame_) {
      const auto frame = reader.ReadBytes(size);
      if (!reader.ok()) return std::nullopt;
      offset_ += 2 + size;
      return frame;
    }
    ++too_large_;
    const std::size_t here = std::min(size, reader.remaining());
    offset_ += 2 + here;
    to_skip_ = size - here;
  }
}

}  // namespace stellwerk
