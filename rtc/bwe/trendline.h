#pragma once

#include <array>
#include <cstddef>

#include "rtc/base/units.h"
#include "rtc/bwe/arrival_groups.h"

namespace stellwerk {

// How fast the way gets longer: the slope, by least squares, of the smoothed sum of delay changes
// over the last groups. 0 = as long as ever, 0.1 = 100 ms more each second (so a tenth too much is
// sent).
class Trendline {
 public:
  // At least so many groups, and at most.
  static constexpr std::size_t kWindow = 20;
  static constexpr std::size_t kMaxWindow = 64;

  // `least_span`: the time that the window covers if it can; long enough to see through jitter.
  void OnStep(const ArrivalGroups::Step& step, TimeDelta least_span);
  // 0 until the window is full.
  [[nodiscard]] double slope() const { return slope_; }
  // How many steps it has seen.
  [[nodiscard]] std::size_t steps() const { return steps_; }

 private:
  struct Point {
    double arrival = 0;  // ms since the first
    double delay = 0;    // ms, smoothed
  };
  [[nodiscard]] const Point& Recent(std::size_t age) const {
    return points_[(steps_ - 1 - age) % kMaxWindow];
  }
  void Fit(TimeDelta least_span);

  std::array<Point, kMaxWindow> points_{};
  std::size_t steps_ = 0;
  TimeDelta first_arrival_{};
  double accumulated_ = 0;  // ms
  double smoothed_ = 0;     // ms
  double slope_ = 0;
};

}  // namespace stellwerk
