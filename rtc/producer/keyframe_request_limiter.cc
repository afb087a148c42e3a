#include "rtc/producer/keyframe_request_limiter.h"

#include <algorithm>

namespace stellwerk {
namespace {

// A keyframe costs every subscriber of the encoding ten to thirty ordinary frames.
constexpr TimeDelta kMinPause = std::chrono::milliseconds(500);
constexpr TimeDelta kMaxPause = std::chrono::seconds(3);

}  // namespace

bool KeyframeRequestLimiter::Request(Timestamp now) {
  if (!wanted_) pause_ = kMinPause;
  wanted_ = true;
  if (now < next_) return false;
  Sent(now);
  return true;
}

bool KeyframeRequestLimiter::HandleTimeout(Timestamp now) {
  if (!wanted_ || now < next_) return false;
  Sent(now);
  pause_ = std::min(pause_ * 3 / 2, kMaxPause);
  return true;
}

void KeyframeRequestLimiter::OnKeyframe() {
  // Who asks from now on missed this keyframe. next_ stays: it is the limit.
  wanted_ = false;
}

void KeyframeRequestLimiter::Sent(Timestamp now) {
  next_ = now + std::max(pause_, kMinPause);
  ++sent_;
}

}  // namespace stellwerk
