#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// How many frames took how long, in steps of 10 ms up to 2 s.
class LatencyHistogram {
 public:
  static constexpr TimeDelta kStep = std::chrono::milliseconds(10);
  static constexpr std::size_t kSteps = 200;

  void Add(TimeDelta time) {
    const auto step = std::max<int64_t>(time / kStep, 0);
    ++counts_[std::min(static_cast<std::size_t>(step), kSteps)];
    ++total_;
  }
  [[nodiscard]] uint64_t total() const { return total_; }
  // How many took less than `limit`, a multiple of kStep up to 2 s.
  [[nodiscard]] uint64_t CountWithin(TimeDelta limit) const {
    const auto steps = std::clamp<int64_t>(limit / kStep, 0, kSteps);
    uint64_t sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(steps); ++i) sum += counts_[i];
    return sum;
  }
  // The time that `share` (0..1) of all stay below, rounded up to a step; of the slowest frames
  // 2.01 s, for no upper end of them is known.
  [[nodiscard]] TimeDelta Percentile(double share) const {
    const double wanted = share * static_cast<double>(total_);
    uint64_t sum = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      sum += counts_[i];
      if (sum > 0 && static_cast<double>(sum) >= wanted)
        return kStep * (static_cast<int64_t>(i) + 1);
    }
    return {};
  }
  void Merge(const LatencyHistogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }

 private:
  std::array<uint32_t, kSteps + 1> counts_{};
  uint64_t total_ = 0;
};

}  // namespace stellwerk::synthetic
