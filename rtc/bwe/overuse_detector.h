#pragma once

#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

enum class LinkUsage : uint8_t { kNormal, kOver, kUnder };

// draft-ietf-rmcat-gcc-02 §5.4: compares the trend with a threshold that adapts itself, so that
// neither a jittery path makes us give up rate nor a flow that fills queues starves us.
class OveruseDetector {
 public:
  // After each step of the trendline. `sent` is the step's time at the sender.
  LinkUsage OnTrend(double slope, std::size_t steps, TimeDelta sent, Timestamp now);
  [[nodiscard]] LinkUsage usage() const { return usage_; }
  [[nodiscard]] double threshold() const { return threshold_; }

 private:
  void AdaptThreshold(double trend, Timestamp now);

  double threshold_ = 12.5;
  double previous_slope_ = 0;
  TimeDelta time_over_{-1};  // negative: not over
  std::size_t steps_over_ = 0;
  Timestamp adapted_at_{};
  LinkUsage usage_ = LinkUsage::kNormal;
};

}  // namespace stellwerk
