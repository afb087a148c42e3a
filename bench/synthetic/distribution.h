#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// How many of many durations were how long: exact below 128 ns, within 0.8 % above, whatever their
// range (after HdrHistogram's buckets: 64 equal ones in each power of two). Adding allocates only
// when a value lies outside all powers of two seen so far; an empty one holds no memory beyond
// itself, one that spans 10 us to 1 s 9 kB. Not safe to be used by several threads.
class Distribution {
 public:
  struct Point {
    TimeDelta value{};  // `share` of all took this long or less
    double share = 0;   // 0..1
  };

  // A negative `value` counts as 0.
  void Add(TimeDelta value, uint64_t times = 1);
  void Merge(const Distribution& other);
  // Keeps its memory.
  void Clear();

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] uint64_t count() const { return count_; }
  // Exact; 0 if empty.
  [[nodiscard]] TimeDelta min() const { return TimeDelta(count_ == 0 ? 0 : min_); }
  [[nodiscard]] TimeDelta max() const { return TimeDelta(max_); }
  [[nodiscard]] TimeDelta mean() const;
  // The smallest value that at least `share` (0..1) of all don't exceed: 0.5 is the median, 0 the
  // minimum, 1 the maximum. 0 if empty.
  [[nodiscard]] TimeDelta Percentile(double share) const;
  // The share, 0..1, of values up to `limit`, within the bucket that it falls into; 0 if empty.
  [[nodiscard]] double ShareUpTo(TimeDelta limit) const;
  // What was added since `earlier`, an older copy of this one. Its minimum and maximum are known
  // within their buckets only.
  [[nodiscard]] Distribution Since(const Distribution& earlier) const;
  // The cumulative distribution for a plot, ascending, ending at {max, 1}; at most `limit` points,
  // thinned evenly over shares but for the uppermost percent, which keeps half of them. `limit`
  // is at least 2. Empty if this is.
  [[nodiscard]] std::vector<Point> Cumulative(std::size_t limit) const;

 private:
  static constexpr int kBucketsLog2 = 6;
  static constexpr std::size_t kBuckets = std::size_t{1} << kBucketsLog2;  // in a block
  using Block = std::array<uint64_t, kBuckets>;

  static std::size_t BucketOf(int64_t value);
  static int64_t LowerEnd(std::size_t bucket);
  static int64_t Middle(std::size_t bucket);
  // The counter of `bucket`, made if it isn't there.
  uint64_t& CounterOf(std::size_t bucket);
  // Calls f(bucket, count) for each that isn't empty, ascending.
  template <typename F>
  void ForEach(F&& f) const;
  [[nodiscard]] TimeDelta Within(int64_t value) const;

  // Contiguous: the first holds buckets [first_block_ * kBuckets, ...).
  std::vector<Block> blocks_;
  std::size_t first_block_ = 0;
  uint64_t count_ = 0;
  double sum_ = 0;  // ns
  int64_t min_ = 0;
  int64_t max_ = 0;
};

}  // namespace stellwerk::synthetic
