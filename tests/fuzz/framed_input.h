#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/byte_reader.h"

namespace stellwerk {

// Cuts a fuzz input into datagrams: each is two bytes of length and as many bytes, the last may be
// cut short.
inline std::vector<std::vector<uint8_t>> CutIntoDatagrams(std::span<const uint8_t> input) {
  constexpr std::size_t kMaxDatagrams = 32;
  std::vector<std::vector<uint8_t>> datagrams;
  ByteReader reader(input);
  while (reader.remaining() > 2 && datagrams.size() < kMaxDatagrams) {
    const std::size_t announced = reader.ReadU16();
    const auto bytes = reader.ReadBytes(std::min(announced, reader.remaining()));
    datagrams.emplace_back(bytes.begin(), bytes.end());
  }
  return datagrams;
}

}  // namespace stellwerk
