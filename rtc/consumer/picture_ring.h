#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/prefetch.h"

namespace stellwerk {

// What was decided about the latest pictures. A picture is everything of one timestamp: a packet
// that comes late must follow the decision that the rest of its picture followed, or the receiver
// waits for a picture that never becomes complete.
template <typename Decision>
class PictureRing {
 public:
  // nullptr if nothing was decided about the picture, or too long ago.
  [[nodiscard]] Decision* Find(int64_t timestamp) {
    for (std::size_t i = 0; i < kSize; ++i) {
      Entry& entry = ring_[(next_ + kSize - 1 - i) % kSize];
      if (entry.used && entry.timestamp == timestamp) return &entry.decision;
    }
    return nullptr;
  }
  Decision& Add(int64_t timestamp, const Decision& decision) {
    Entry& entry = ring_[next_];
    next_ = (next_ + 1) % kSize;
    entry = {.timestamp = timestamp, .used = true, .decision = decision};
    return entry.decision;
  }
  void Clear() { ring_ = {}; }
  void PrefetchNext() const { Prefetch(&ring_[next_], sizeof(Entry)); }

 private:
  // More than a second of what a repaired packet may be late.
  static constexpr std::size_t kSize = 32;
  struct Entry {
    int64_t timestamp = 0;
    bool used = false;
    Decision decision{};
  };
  std::size_t next_ = 0;
  std::array<Entry, kSize> ring_{};
};

}  // namespace stellwerk
