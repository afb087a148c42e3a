#include "rtc/bwe/overuse_detector.h"

#include <algorithm>
#include <cmath>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

// The slope is made comparable with the draft's threshold, which is in ms: growth over this many
// steps times a gain.
constexpr std::size_t kMaxSteps = 60;
constexpr double kGain = 4.0;
constexpr TimeDelta kOverTime = std::chrono::milliseconds(10);
// Per millisecond: up fast, down slowly enough to stay above noise.
constexpr double kUp = 0.0087;
constexpr double kDown = 0.039;
constexpr double kMinThreshold = 6;
constexpr double kMaxThreshold = 600;
// An outlier (a sudden queue) must not lift the threshold above itself.
constexpr double kMaxAdapt = 15;

}  // namespace

LinkUsage OveruseDetector::OnTrend(double slope, std::size_t steps, TimeDelta sent, Timestamp now) {
  if (steps < 2) return usage_ = LinkUsage::kNormal;
  const double trend = static_cast<double>(std::min(steps, kMaxSteps)) * slope * kGain;
  if (trend > threshold_) {
    time_over_ = time_over_ < TimeDelta{} ? sent / 2 : time_over_ + sent;
    ++steps_over_;
    if (time_over_ > kOverTime && steps_over_ > 1 && slope >= previous_slope_) {
      time_over_ = TimeDelta{};
      steps_over_ = 0;
      usage_ = LinkUsage::kOver;
    }
  } else {
    time_over_ = TimeDelta{-1};
    steps_over_ = 0;
    usage_ = trend < -threshold_ ? LinkUsage::kUnder : LinkUsage::kNormal;
  }
  previous_slope_ = slope;
  AdaptThreshold(trend, now);
  return usage_;
}

void OveruseDetector::AdaptThreshold(double trend, Timestamp now) {
  const TimeDelta passed =
      adapted_at_ == Timestamp{}
          ? TimeDelta{}
          : std::clamp(now - adapted_at_, TimeDelta{}, TimeDelta(std::chrono::milliseconds(100)));
  adapted_at_ = now;
  const double size = std::fabs(trend);
  if (size > threshold_ + kMaxAdapt) return;
  const double gain = size < threshold_ ? kDown : kUp;
  threshold_ += gain * (size - threshold_) * ToFloatMilliseconds(passed);
  threshold_ = std::clamp(threshold_, kMinThreshold, kMaxThreshold);
}

}  // namespace stellwerk
