#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

// How much of each kind of frame one encoding brought within about the last second. What the kinds
// are is the caller's business (spatial and temporal layer, or the template of a Dependency
// Descriptor), since what makes up a layer is known only when it is asked for. A packet costs an
// addition.
class LayerRates {
 public:
  static constexpr std::size_t kKinds = 64;
  static constexpr TimeDelta kWindow = std::chrono::seconds(1);

  void OnPacket(std::size_t kind, DataSize size, Timestamp now) {
    Advance(now);
    buckets_[newest_ % kBuckets][kind % kKinds] += static_cast<uint32_t>(size.bytes());
    seen_[newest_ % kBuckets] |= uint64_t{1} << (kind % kKinds);
  }
  // Forgets what was counted: kinds mean something else from now on.
  void Clear() { *this = LayerRates(); }

  // The rate of all kinds in `kinds` (a bit each) together.
  [[nodiscard]] DataRate RateOf(uint64_t kinds, Timestamp now);
  // Which kinds came within the window.
  [[nodiscard]] uint64_t Seen(Timestamp now);
  // Whether there was time enough to measure.
  [[nodiscard]] bool settled(Timestamp now) const { return started_ && now - first_ >= kWindow; }

 private:
  static constexpr std::size_t kBuckets = 6;
  static constexpr TimeDelta kBucket = kWindow / (kBuckets - 1);

  void Advance(Timestamp now);

  bool started_ = false;
  Timestamp first_{};
  std::size_t newest_ = 0;  // number of the bucket that is being filled
  Timestamp newest_start_{};
  std::array<std::array<uint32_t, kKinds>, kBuckets> buckets_{};
  std::array<uint64_t, kBuckets> seen_{};
};

}  // namespace stellwerk
