#pragma once

#include <cstddef>
#include <cstdint>

namespace stellwerk {

inline constexpr std::size_t kCacheLine = 64;

// Asks for all cache lines of the `bytes` (at least 1) bytes from `object` on, soon to be written
// to. What is needed in a moment comes from memory while something else is computed.
inline void Prefetch(const void* object, std::size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(object);
  const uint8_t* const last = at + bytes - 1;
  // Few objects begin with a line.
  at -= reinterpret_cast<uintptr_t>(at) % kCacheLine;
  for (; at <= last; at += kCacheLine) __builtin_prefetch(at, 1);
}

}  // namespace stellwerk
