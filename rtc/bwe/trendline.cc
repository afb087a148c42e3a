#include "rtc/bwe/trendline.h"

#include <algorithm>
#include <cmath>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

constexpr double kSmoothing = 0.9;

}  // namespace

void Trendline::OnStep(const ArrivalGroups::Step& step, TimeDelta least_span) {
  if (steps_ == 0) first_arrival_ = step.arrival;
  accumulated_ += ToFloatMilliseconds(step.arrived - step.sent);
  smoothed_ = kSmoothing * smoothed_ + (1 - kSmoothing) * accumulated_;
  Push({.arrival = (step.arrival - first_arrival_) / kArrivalUnit,
        .delay = std::llrint(smoothed_ * kDelayUnits)});
  if (steps_ < kWindow) return;
  ChooseWindow(least_span);
  Fit();
}

void Trendline::Push(const Point& point) {
  if (count_ == kMaxWindow) {
    Discount(Recent(kMaxWindow - 1));  // it is overwritten
    --count_;
  }
  points_[steps_ % kMaxWindow] = point;
  ++steps_;
  ++count_;
  Count(point);
}

void Trendline::Count(const Point& point) {
  const auto arrival = static_cast<uint64_t>(point.arrival);
  const auto delay = static_cast<uint64_t>(point.delay);
  arrivals_ += arrival;
  delays_ += delay;
  squares_ += arrival * arrival;
  products_ += arrival * delay;
}

void Trendline::Discount(const Point& point) {
  const auto arrival = static_cast<uint64_t>(point.arrival);
  const auto delay = static_cast<uint64_t>(point.delay);
  arrivals_ -= arrival;
  delays_ -= delay;
  squares_ -= arrival * arrival;
  products_ -= arrival * delay;
}

void Trendline::ChooseWindow(TimeDelta least_span) {
  while (count_ > kWindow && Covers(count_ - 1, least_span)) {
    Discount(Recent(count_ - 1));
    --count_;
  }
  const std::size_t most = std::min(steps_, kMaxWindow);
  while (count_ < most && !Covers(count_, least_span)) {
    Count(Recent(count_));
    ++count_;
  }
}

void Trendline::Fit() {
  // Both times the count squared. Within 64 points that lie 3 s apart at most, and delays that
  // change by as much from one to the next, they fit 63 bits.
  const auto covariance = static_cast<int64_t>(count_ * products_ - arrivals_ * delays_);
  const auto variance = static_cast<int64_t>(count_ * squares_ - arrivals_ * arrivals_);
  constexpr double kUnits = kDelayUnits * 1e-6 * static_cast<double>(kArrivalUnit.count());
  if (variance > 0) {
    slope_ = static_cast<double>(covariance) / (static_cast<double>(variance) * kUnits);
  }
}

}  // namespace stellwerk
