#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

// How much passed per second over about the last second: ten buckets of 100 ms each, the oldest
// counted in part. Until a second has passed, over the time since the first sample (at least
// kMinWindow). Trivially copyable.
class RateMeter {
 public:
  void Add(DataSize size, Timestamp now) {
    Advance(now);
    buckets_[Index(newest_)] += static_cast<uint32_t>(size.bytes());
    sum_ += size.bytes();
  }
  [[nodiscard]] DataRate Rate(Timestamp now) const {
    RateMeter copy = *this;
    copy.Advance(now);
    if (!copy.started_) return DataRate();
    const TimeDelta whole_buckets = kBucket * (kBuckets - 1);
    const TimeDelta in_newest = now - Timestamp(TimeDelta(copy.newest_ * kBucket.count()));
    TimeDelta window = whole_buckets + in_newest;
    if (now - copy.first_ < window) window = now - copy.first_;
    return DataSize::Bytes(copy.sum_) / (window < kMinWindow ? kMinWindow : window);
  }

 private:
  static constexpr TimeDelta kBucket = std::chrono::milliseconds(100);
  static constexpr TimeDelta kMinWindow = std::chrono::milliseconds(100);
  static constexpr int64_t kBuckets = 10;

  static std::size_t Index(int64_t bucket) {
    return static_cast<std::size_t>(static_cast<uint64_t>(bucket) % kBuckets);
  }
  void Advance(Timestamp now) {
    const int64_t bucket = now.time_since_epoch() / kBucket;
    if (!started_ || bucket - newest_ >= kBuckets) {
      // Nothing of before counts; after such a pause the window begins anew.
      buckets_.fill(0);
      sum_ = 0;
      started_ = true;
      first_ = now;
      newest_ = bucket;
      return;
    }
    while (newest_ < bucket) {
      ++newest_;
      sum_ -= buckets_[Index(newest_)];
      buckets_[Index(newest_)] = 0;
    }
  }

  int64_t sum_ = 0;
  int64_t newest_ = 0;  // number of the bucket, since the epoch
  Timestamp first_{};
  std::array<uint32_t, kBuckets> buckets_{};  // bytes
  bool started_ = false;
};

}  // namespace stellwerk
