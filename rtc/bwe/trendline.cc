#include "rtc/bwe/trendline.h"

#include <algorithm>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

constexpr double kSmoothing = 0.9;

}  // namespace

void Trendline::OnStep(const ArrivalGroups::Step& step, TimeDelta least_span) {
  if (steps_ == 0) first_arrival_ = step.arrival;
  accumulated_ += ToFloatMilliseconds(step.arrived - step.sent);
  smoothed_ = kSmoothing * smoothed_ + (1 - kSmoothing) * accumulated_;
  points_[steps_ % kMaxWindow] = {ToFloatMilliseconds(step.arrival - first_arrival_), smoothed_};
  ++steps_;
  if (steps_ >= kWindow) Fit(least_span);
}

void Trendline::Fit(TimeDelta least_span) {
  const std::size_t most = std::min(steps_, kMaxWindow);
  const double span = ToFloatMilliseconds(least_span);
  std::size_t count = kWindow;
  while (count < most && Recent(0).arrival - Recent(count - 1).arrival < span) ++count;

  double mean_arrival = 0;
  double mean_delay = 0;
  for (std::size_t age = 0; age < count; ++age) {
    mean_arrival += Recent(age).arrival;
    mean_delay += Recent(age).delay;
  }
  mean_arrival /= static_cast<double>(count);
  mean_delay /= static_cast<double>(count);
  double covariance = 0;
  double variance = 0;
  for (std::size_t age = 0; age < count; ++age) {
    const double arrival = Recent(age).arrival - mean_arrival;
    covariance += arrival * (Recent(age).delay - mean_delay);
    variance += arrival * arrival;
  }
  if (variance > 0) slope_ = covariance / variance;
}

}  // namespace stellwerk
