#include "rtc/bwe/report_control.h"

#include <algorithm>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

constexpr float kHighLoss = 0.1F;
constexpr float kLowLoss = 0.02F;
constexpr double kIncrease = 1.05;
// A browser reports about each second; a flood of reports changes nothing.
constexpr TimeDelta kInterval = std::chrono::milliseconds(500);

}  // namespace

void ReportControl::OnReport(float fraction_lost, Timestamp now) {
  if (changed_at_ && now - *changed_at_ < kInterval) return;
  changed_at_ = now;
  const float loss = std::clamp(fraction_lost, 0.0F, 1.0F);
  lossy_ = loss > kHighLoss;
  if (lossy_) {
    rate_ = Scaled(rate_, 1 - 0.5 * static_cast<double>(loss));
  } else if (loss < kLowLoss) {
    rate_ = Scaled(rate_, kIncrease);
  }
  // With a cap the rate starts from there: REMB knows the delay, we don't.
  if (cap_ && !lossy_) rate_ = std::max(rate_, *cap_);
  rate_ = std::clamp(rate_, min_, max_);
}

void ReportControl::OnRemb(DataRate rate) {
  const DataRate cap = std::clamp(rate, min_, max_);
  if (!lossy_) rate_ = std::max(rate_, cap);
  cap_ = cap;
}

DataRate ReportControl::target() const { return cap_ ? std::min(rate_, *cap_) : rate_; }

}  // namespace stellwerk
