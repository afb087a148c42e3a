#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// W3C webrtc-stats, freezeCount: a gap between two rendered frames is a freeze if it is at least
// max(3 d, d + 150 ms), where d is the mean of the last 30 gaps.
class FreezeMeter {
 public:
  // The gap before this frame if it is a freeze.
  std::optional<TimeDelta> OnFrame(Timestamp at) {
    if (paused_) return std::nullopt;
    const std::optional<TimeDelta> freeze = LastingAt(at);
    if (last_) Remember(std::max(at - *last_, TimeDelta()));
    last_ = last_ ? std::max(*last_, at) : at;
    return freeze;
  }
  // The gap up to `now`, without a frame there, if it is a freeze already.
  [[nodiscard]] std::optional<TimeDelta> LastingAt(Timestamp now) const {
    if (!last_ || count_ < kMinGaps) return std::nullopt;
    const TimeDelta gap = now - *last_;
    const TimeDelta mean = sum_ / static_cast<int64_t>(count_);
    if (gap < std::max(mean * 3, mean + std::chrono::milliseconds(150))) return std::nullopt;
    return gap;
  }
  // No frames are expected from now on; those that come all the same don't count.
  void Pause() {
    paused_ = true;
    last_.reset();
  }
  // They are again: the next gap begins now.
  void Resume(Timestamp now) {
    paused_ = false;
    last_ = now;
  }
  // The next frame ends no gap.
  void Forget() { last_.reset(); }

 private:
  static constexpr std::size_t kMaxGaps = 30;
  static constexpr std::size_t kMinGaps = 5;

  void Remember(TimeDelta gap) {
    if (count_ == kMaxGaps) {
      sum_ -= gaps_[next_];
    } else {
      ++count_;
    }
    sum_ += gap;
    gaps_[next_] = gap;
    next_ = (next_ + 1) % kMaxGaps;
  }

  bool paused_ = false;
  std::optional<Timestamp> last_;
  std::array<TimeDelta, kMaxGaps> gaps_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  TimeDelta sum_{};
};

}  // namespace stellwerk::synthetic
