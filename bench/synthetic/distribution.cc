#include "bench/synthetic/distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "rtc/base/check.h"

namespace stellwerk::synthetic {

// Bucket b of block 0 and 1 holds the value b; from there on, each block of 64 holds one power of
// two more: values whose uppermost seven bits are 64 + b % 64.
std::size_t Distribution::BucketOf(int64_t value) {
  const auto bits = static_cast<int>(std::bit_width(static_cast<uint64_t>(value)));
  const int shift = std::max(bits - kBucketsLog2 - 1, 0);
  return (static_cast<std::size_t>(shift) << kBucketsLog2) +
         static_cast<std::size_t>(value >> shift);
}

int64_t Distribution::LowerEnd(std::size_t bucket) {
  if (bucket < 2 * kBuckets) return static_cast<int64_t>(bucket);
  const std::size_t shift = bucket / kBuckets - 1;
  return static_cast<int64_t>(bucket % kBuckets + kBuckets) << shift;
}

int64_t Distribution::Middle(std::size_t bucket) {
  if (bucket < 2 * kBuckets) return static_cast<int64_t>(bucket);
  return LowerEnd(bucket) + (int64_t{1} << (bucket / kBuckets - 1)) / 2;
}

uint64_t& Distribution::CounterOf(std::size_t bucket) {
  const std::size_t block = bucket / kBuckets;
  if (blocks_.empty()) {
    first_block_ = block;
    blocks_.emplace_back();
  } else if (block < first_block_) {
    blocks_.insert(blocks_.begin(), first_block_ - block, Block{});
    first_block_ = block;
  } else if (block >= first_block_ + blocks_.size()) {
    blocks_.resize(block - first_block_ + 1);
  }
  return blocks_[block - first_block_][bucket % kBuckets];
}

template <typename F>
void Distribution::ForEach(F&& f) const {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    for (std::size_t j = 0; j < kBuckets; ++j) {
      if (blocks_[i][j] > 0) f((first_block_ + i) * kBuckets + j, blocks_[i][j]);
    }
  }
}

TimeDelta Distribution::Within(int64_t value) const {
  return TimeDelta(std::clamp(value, min_, max_));
}

void Distribution::Add(TimeDelta value, uint64_t times) {
  if (times == 0) return;
  const int64_t ns = std::max<int64_t>(value.count(), 0);
  CounterOf(BucketOf(ns)) += times;
  min_ = count_ == 0 ? ns : std::min(min_, ns);
  max_ = std::max(max_, ns);
  count_ += times;
  sum_ += static_cast<double>(ns) * static_cast<double>(times);
}

void Distribution::Merge(const Distribution& other) {
  if (other.empty()) return;
  if (&other == this) return Merge(Distribution(other));
  other.ForEach([this](std::size_t bucket, uint64_t times) { CounterOf(bucket) += times; });
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  sum_ += other.sum_;
}

void Distribution::Clear() {
  for (Block& block : blocks_) block.fill(0);
  count_ = 0;
  sum_ = 0;
  min_ = max_ = 0;
}

TimeDelta Distribution::mean() const {
  return TimeDelta(count_ == 0 ? 0 : std::llround(sum_ / static_cast<double>(count_)));
}

TimeDelta Distribution::Percentile(double share) const {
  if (count_ == 0) return {};
  // Nearest rank, which for 0 is the first. The small amount is what 0.29 * 100 exceeds 29 by.
  const double rank = std::ceil(share * static_cast<double>(count_) * (1 - 1e-12));
  if (rank >= static_cast<double>(count_)) return max();
  const uint64_t wanted = rank < 1 ? 1 : static_cast<uint64_t>(rank);
  if (wanted == 1) return min();
  uint64_t seen = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    for (std::size_t j = 0; j < kBuckets; ++j) {
      seen += blocks_[i][j];
      if (seen >= wanted) return Within(Middle((first_block_ + i) * kBuckets + j));
    }
  }
  return max();
}

double Distribution::ShareUpTo(TimeDelta limit) const {
  if (count_ == 0 || limit < min()) return 0;
  if (limit >= max()) return 1;
  const std::size_t last = BucketOf(limit.count());
  uint64_t seen = 0;
  ForEach([&](std::size_t bucket, uint64_t times) { seen += bucket <= last ? times : 0; });
  return static_cast<double>(seen) / static_cast<double>(count_);
}

Distribution Distribution::Since(const Distribution& earlier) const {
  STELLWERK_CHECK(earlier.count_ <= count_);
  Distribution rest;
  ForEach([&](std::size_t bucket, uint64_t times) {
    const std::size_t block = bucket / kBuckets;
    uint64_t before = 0;
    if (block >= earlier.first_block_ && block < earlier.first_block_ + earlier.blocks_.size()) {
      before = earlier.blocks_[block - earlier.first_block_][bucket % kBuckets];
    }
    STELLWERK_CHECK(before <= times);
    rest.Add(Within(Middle(bucket)), times - before);
  });
  rest.sum_ = sum_ - earlier.sum_;
  return rest;
}

std::vector<Distribution::Point> Distribution::Cumulative(std::size_t limit) const {
  STELLWERK_CHECK(limit >= 2);
  std::vector<Point> all;
  uint64_t seen = 0;
  ForEach([&](std::size_t bucket, uint64_t times) {
    seen += times;
    all.push_back(
        {Within(Middle(bucket)), static_cast<double>(seen) / static_cast<double>(count_)});
  });
  if (all.empty()) return all;
  all.back().value = max();
  if (all.size() <= limit) return all;
  // Each point stands for a slice of shares: half of the points for the lower 99 %, half for the
  // rest, which is where delays are interesting. The last of a slice is kept, so the end is.
  const std::size_t half = limit / 2;
  const auto slice = [&](double share) {
    const auto of = [half](double part) {
      return std::min(static_cast<std::size_t>(part * static_cast<double>(half)), half - 1);
    };
    return share < 0.99 ? of(share / 0.99) : half + of((share - 0.99) / 0.01);
  };
  std::vector<Point> kept;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i + 1 == all.size() || slice(all[i].share) != slice(all[i + 1].share)) {
      kept.push_back(all[i]);
    }
  }
  return kept;
}

}  // namespace stellwerk::synthetic
