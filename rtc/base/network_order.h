#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace stellwerk {

// Whole words in network order, in one instruction each, where the bounds have been checked before.
template <std::unsigned_integral T>
constexpr T SwapUnlessBigEndian(T value) {
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

template <std::unsigned_integral T>
T LoadWord(std::span<const uint8_t> bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.subspan(at, sizeof(T)).data(), sizeof(T));
  return SwapUnlessBigEndian(value);
}

template <std::unsigned_integral T>
void StoreWord(T value, std::span<uint8_t> bytes, std::size_t at) {
  value = SwapUnlessBigEndian(value);
  std::memcpy(bytes.subspan(at, sizeof(T)).data(), &value, sizeof(T));
}

}  // namespace stellwerk
