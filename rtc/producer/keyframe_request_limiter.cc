#include "rtc/producer/keyframe_request_limiter.h"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr TimeDelta kMaxRepeatPause = std::chrono::seconds(3);
constexpr TimeDelta kMaxRecoveryPause = std::chrono::seconds(4);
// Recoveries that follow each other faster than this are one lasting trouble. Longer than
// kMaxRecoveryPause, or the trouble would seem over because we made it wait.
constexpr TimeDelta kLastingTrouble = std::chrono::seconds(5);
// Without a request for so long, the trouble is over.
constexpr TimeDelta kQuiet = std::chrono::seconds(10);

bool IsUpgrade(KeyframeReason reason) {
  return reason == KeyframeReason::kUpgrade || reason == KeyframeReason::kUpgradeInRush;
}

}  // namespace

bool KeyframeRequestLimiter::Request(Timestamp now, KeyframeReason reason) {
  if (!wanted_) {
    wanted_ = true;
    asked_ = false;
    reason_ = reason;
    wanted_since_ = now;
  }
  const bool only_upgrades = IsUpgrade(reason) && IsUpgrade(reason_) && !asked_;
  if (only_upgrades) {
    const bool rush = reason == KeyframeReason::kUpgradeInRush;
    next_ = std::max(next_, wanted_since_ + (rush ? kGatherInRush : kGather));
  }
  if (reason == KeyframeReason::kStart) {
    reason_ = reason;
    next_ = std::min(next_, last_sent_ + kMinPause);
  }
  if (now < next_) return false;
  Send(now);
  return true;
}

bool KeyframeRequestLimiter::HandleTimeout(Timestamp now) {
  if (!wanted_ || now < next_) return false;
  Send(now);
  return true;
}

void KeyframeRequestLimiter::Send(Timestamp now) {
  const TimeDelta since_last = now - last_sent_;
  if (asked_) {
    repeat_pause_ = std::min(repeat_pause_ * 3 / 2, kMaxRepeatPause);
  } else {
    repeat_pause_ = kMinPause;
    if (since_last >= kQuiet) {
      recovery_pause_ = kMinPause;
    } else if (reason_ == KeyframeReason::kRecovery && since_last < kLastingTrouble) {
      recovery_pause_ = std::min(recovery_pause_ * 2, kMaxRecoveryPause);
    }
  }
  asked_ = true;
  last_sent_ = now;
  next_ = now + repeat_pause_;
  ++sent_;
}

void KeyframeRequestLimiter::End() {
  // Who asks from now on missed this keyframe.
  if (wanted_ && asked_) next_ = last_sent_ + recovery_pause_;
  wanted_ = false;
}

}  // namespace stellwerk
