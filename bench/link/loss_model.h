#pragma once

#include <optional>

#include "bench/link/link_config.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"

namespace stellwerk {

// A uniform number in [0, 1), and one with mean 0 and standard deviation 1.
double NextUniform(Random& random);
double NextNormal(Random& random);

// Random and burst loss.
class LossModel {
 public:
  void Configure(double loss, const std::optional<BurstLoss>& burst) {
    loss_ = loss;
    burst_ = burst;
  }
  // Whether the next packet is lost.
  bool Loses(Random& random);

 private:
  double loss_ = 0;
  std::optional<BurstLoss> burst_;
  bool bad_ = false;
};

// Delay on top of the propagation delay.
class JitterModel {
 public:
  void Configure(const JitterConfig& config) { config_ = config; }
  TimeDelta Next(Timestamp now, Random& random);

 private:
  JitterConfig config_;
  std::optional<double> state_;  // a standard normal process; the shape is laid on it
  Timestamp state_at_;
};

}  // namespace stellwerk
