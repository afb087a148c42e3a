#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "rtc/base/units.h"

namespace stellwerk {

// Counts the frames of a stream, and the gaps between them that a viewer notices: longer than three
// ordinary intervals, and than half a second. Trivially copyable.
class FrameContinuity {
 public:
  static constexpr TimeDelta kNoticeable = std::chrono::milliseconds(500);

  void OnFrame(Timestamp now) {
    ++frames_;
    if (last_) {
      const TimeDelta gap = now - *last_;
      if (interval_ > TimeDelta() && gap > std::max(3 * interval_, kNoticeable)) {
        ++freezes_;
        frozen_ += gap - interval_;
      } else {
        interval_ = interval_ > TimeDelta() ? interval_ + (gap - interval_) / 16 : gap;
      }
    }
    last_ = now;
  }
  // Nothing is expected until the next frame.
  void Pause() { last_.reset(); }

  [[nodiscard]] uint64_t frames() const { return frames_; }
  [[nodiscard]] uint64_t freezes() const { return freezes_; }
  [[nodiscard]] TimeDelta frozen() const { return frozen_; }

 private:
  uint64_t frames_ = 0;
  uint64_t freezes_ = 0;
  TimeDelta frozen_{};
  TimeDelta interval_{};  // usual, smoothed; 0: not known
  std::optional<Timestamp> last_;
};

}  // namespace stellwerk
