#pragma once

#include <cstddef>
#include <cstdint>

namespace stellwerk {

inline constexpr std::size_t kCacheLine = 64;

// Asks for the cache lines of `bytes` bytes from `object` on, soon to be written to. What is needed
// in a moment comes from memory while something else is computed.
inline void Prefetch(const void* object, std::size_t bytes) {
  const auto* const begin = static_cast<const uint8_t*>(object);
  for (std::size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(begin + at, 1);
}

}  // namespace stellwerk
