#include "rtc/bwe/probe_controller.h"

#include <algorithm>
#include <array>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

// Times the start rate, one shortly after the other: back to back they pass a policer's bucket, and
// what is wanted may not be known yet, for slots begin one after the other.
constexpr std::array<double, 2> kStart = {3, 6};
constexpr TimeDelta kStartPause = milliseconds(30);
// The first two may have been lost.
constexpr TimeDelta kStartRetry = milliseconds(500);
// Times the estimate.
constexpr double kFactor = 2;
constexpr double kLongFactor = 1.6;  // the longer the probe, the longer the queue it makes
// A probe that found this much of its rate has not found the limit.
constexpr double kFurther = 0.7;
// Twice what is wanted is enough to know: a keyframe may then go out that much faster.
constexpr double kOfDemand = 2;
constexpr double kEnoughOfDemand = 1.6;
// Demands change one after the other.
constexpr TimeDelta kDemandPause = milliseconds(20);
constexpr TimeDelta kMinInterval = milliseconds(1000);
constexpr TimeDelta kMaxInterval = milliseconds(1500);
constexpr TimeDelta kDuration = milliseconds(15);
// Times the jitter it has to last, so that it tells something.
constexpr int kJitterSpan = 5;
constexpr TimeDelta kMaxDuration = milliseconds(100);
constexpr uint32_t kMinPackets = 5;

}  // namespace

bool ProbeController::WantsMore(DataRate estimate) const {
  return !demand_ || Scaled(*demand_, kEnoughOfDemand) > estimate;
}

void ProbeController::OnFirstPacket(Timestamp now) {
  if (started_) return;
  started_ = true;
  interval_ = kMinInterval;
  next_ = now;
}

void ProbeController::SetDemand(DataRate wanted, const State& state) {
  const bool more = demand_ && wanted > Scaled(*demand_, 1.1) && wanted > state.estimate;
  demand_ = wanted;
  if (!started_ || !more) return;
  // What is under way would find as much as another probe; unless it knew of less demand.
  if (start_probes_ > 0 && state.now < starts_until_) {
    if (!start_limited_ || start_probes_ < static_cast<int>(kStart.size())) return;
    start_probes_ = 0;
  }
  interval_ = kMinInterval;
  next_ = std::min(next_, state.now + kDemandPause);
}

void ProbeController::OnEstimate(const State& state) {
  if (started_ && next_ == kNever && WantsMore(state.estimate)) next_ = state.now + interval_;
}

void ProbeController::OnDrop(Timestamp now) {
  interval_ = kMinInterval;
  next_ = next_ == kNever ? now + kMinInterval : std::max(next_, now + kMinInterval);
}

void ProbeController::OnResult(const ProbeResult& result, const State& state) {
  if (result.id != last_taken_ || further_ || judged_ == result.id) return;
  if (result.rate() < Scaled(last_rate_, kFurther) || result.saturated || state.lossy) return;
  judged_ = result.id;
  interval_ = kMinInterval;
  further_ = true;
  next_ = state.now;
}

ProbeCluster ProbeController::Make(DataRate rate, const State& state) {
  last_taken_ = ProbeClusterId(next_id_++);
  last_rate_ = rate;
  further_ = false;
  // Jitter must not drown what is measured.
  const TimeDelta duration = std::clamp(kJitterSpan * state.jitter, kDuration, kMaxDuration);
  return {.id = last_taken_, .rate = rate, .duration = duration, .min_packets = kMinPackets};
}

std::optional<ProbeCluster> ProbeController::Take(const State& state) {
  if (state.now < next_) return std::nullopt;
  const DataRate ceiling = demand_ ? std::min(state.max, Scaled(*demand_, kOfDemand)) : state.max;
  if (start_probes_ < static_cast<int>(kStart.size())) {
    // Not needed yet. Later, when more is wanted.
    if (ceiling <= state.estimate) {
      next_ = kNever;
      return std::nullopt;
    }
    const double factor = kStart[static_cast<std::size_t>(start_probes_)];
    ++start_probes_;
    const bool last = start_probes_ == static_cast<int>(kStart.size());
    next_ = state.now + (last ? kStartRetry : kStartPause);
    starts_until_ = next_;
    start_limited_ = ceiling < Scaled(state.estimate, factor);
    return Make(std::min(Scaled(state.estimate, factor), ceiling), state);
  }
  if (!WantsMore(state.estimate)) {
    next_ = kNever;  // until OnEstimate() or SetDemand()
    further_ = false;
    return std::nullopt;
  }
  if (state.congested) {
    next_ = state.now + milliseconds(200);
    return std::nullopt;
  }
  next_ = state.now + interval_;
  if (!further_) interval_ = std::min<TimeDelta>(interval_ * 5 / 4, kMaxInterval);
  const double factor = kJitterSpan * state.jitter > 2 * kDuration ? kLongFactor : kFactor;
  return Make(std::min(Scaled(state.estimate, factor), ceiling), state);
}

}  // namespace stellwerk
