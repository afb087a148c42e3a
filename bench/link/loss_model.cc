#include "bench/link/loss_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stellwerk {

double NextUniform(Random& random) {
  return static_cast<double>(random.NextU64() >> 11) * 0x1.0p-53;
}

double NextNormal(Random& random) {
  // Box and Muller; the argument of the logarithm is never zero.
  const double radius = std::sqrt(-2 * std::log(1 - NextUniform(random)));
  return radius * std::cos(2 * std::numbers::pi * NextUniform(random));
}

bool LossModel::Loses(Random& random) {
  bool lost = loss_ > 0 && NextUniform(random) < loss_;
  if (burst_) {
    bad_ = NextUniform(random) < (bad_ ? 1 - burst_->leave_bad : burst_->enter_bad);
    const double loss = bad_ ? burst_->loss_in_bad : burst_->loss_in_good;
    lost = NextUniform(random) < loss || lost;
  }
  return lost;
}

TimeDelta JitterModel::Next(Timestamp now, Random& random) {
  if (config_.amount <= TimeDelta{}) return TimeDelta{};
  double normal = NextNormal(random);
  if (state_ && config_.correlation_time > TimeDelta{}) {
    const double kept = std::exp(-static_cast<double>((now - state_at_).count()) /
                                 static_cast<double>(config_.correlation_time.count()));
    normal = *state_ * kept + normal * std::sqrt(1 - kept * kept);
  }
  state_ = normal;
  state_at_ = now;
  // The other shapes by the normal distribution's own quantile.
  const double quantile = std::erfc(-normal / std::numbers::sqrt2) / 2;
  double factor = 0;
  switch (config_.shape) {
    case JitterConfig::Shape::kNormal:
      factor = 1 + normal / 2;
      break;
    case JitterConfig::Shape::kUniform:
      factor = 2 * quantile;
      break;
    case JitterConfig::Shape::kExponential:
      factor = -std::log(std::max(1 - quantile, 1e-9));
      break;
  }
  return TimeDelta(
      static_cast<int64_t>(std::max(factor, 0.0) * static_cast<double>(config_.amount.count())));
}

}  // namespace stellwerk
