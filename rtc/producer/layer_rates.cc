#include "rtc/producer/layer_rates.h"

#include <algorithm>

namespace stellwerk {
namespace {

// A keyframe alone is no rate.
constexpr TimeDelta kMinTime = std::chrono::milliseconds(400);

}  // namespace

void LayerRates::Advance(Timestamp now) {
  if (!started_) {
    started_ = true;
    first_ = newest_start_ = now;
    return;
  }
  if (now < newest_start_ + kBucket) return;
  const auto steps = static_cast<std::size_t>((now - newest_start_) / kBucket);
  for (std::size_t i = 0; i < std::min(steps, kBuckets); ++i) {
    buckets_[(newest_ + 1 + i) % kBuckets] = {};
    seen_[(newest_ + 1 + i) % kBuckets] = 0;
  }
  // After a long pause all are empty, whichever is the newest.
  newest_ += std::min(steps, kBuckets);
  newest_start_ += static_cast<int64_t>(steps) * kBucket;
}

DataRate LayerRates::RateOf(uint64_t kinds, Timestamp now) {
  if (!started_) return DataRate();
  Advance(now);
  int64_t bytes = 0;
  for (const auto& bucket : buckets_) {
    for (uint64_t left = kinds; left != 0; left &= left - 1) {
      bytes += bucket[static_cast<std::size_t>(std::countr_zero(left))];
    }
  }
  const TimeDelta covered = kWindow + (now - newest_start_);
  return DataSize::Bytes(bytes) / std::max(std::min(covered, now - first_), kMinTime);
}

uint64_t LayerRates::Seen(Timestamp now) {
  if (!started_) return 0;
  Advance(now);
  uint64_t seen = 0;
  for (const uint64_t kinds : seen_) seen |= kinds;
  return seen;
}

}  // namespace stellwerk
