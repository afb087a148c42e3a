#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

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
  // Whole numbers, so that sums over the window can be kept: what is added and taken away again
  // leaves nothing behind.
  struct Point {
    int64_t arrival = 0;  // since the first, in units of kArrivalUnit
    int64_t delay = 0;    // smoothed, in units of 1 / kDelayUnits ms
  };
  static constexpr TimeDelta kArrivalUnit = std::chrono::microseconds(250);
  static constexpr double kDelayUnits = 16'000;
  [[nodiscard]] const Point& Recent(std::size_t age) const {
    return points_[(steps_ - 1 - age) % kMaxWindow];
  }
  // Whether the newest `count` points cover `span`.
  [[nodiscard]] bool Covers(std::size_t count, TimeDelta span) const {
    return (Recent(0).arrival - Recent(count - 1).arrival) * kArrivalUnit >= span;
  }
  void Push(const Point& point);
  void Count(const Point& point);
  void Discount(const Point& point);
  void ChooseWindow(TimeDelta least_span);
  void Fit();

  std::array<Point, kMaxWindow> points_{};
  std::size_t steps_ = 0;
  // The newest points, and sums over them; modulo 2^64, from which the small differences that the
  // slope is made of come out right.
  std::size_t count_ = 0;
  uint64_t arrivals_ = 0;
  uint64_t delays_ = 0;
  uint64_t squares_ = 0;   // arrival * arrival
  uint64_t products_ = 0;  // arrival * delay
  TimeDelta first_arrival_{};
  double accumulated_ = 0;  // ms
  double smoothed_ = 0;     // ms
  double slope_ = 0;
};

}  // namespace stellwerk
