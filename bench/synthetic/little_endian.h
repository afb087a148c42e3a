#pragma once

#include <cstddef>
#include <cstdint>

#include "rtc/base/byte_reader.h"

namespace stellwerk::synthetic {

// A number of `size` bytes, the least significant first, as files have them; network formats don't.
inline uint64_t ReadLittleEndian(ByteReader& reader, std::size_t size) {
  uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= uint64_t{reader.ReadU8()} << (8 * i);
  return value;
}

}  // namespace stellwerk::synthetic
