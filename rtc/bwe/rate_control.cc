#include "rtc/bwe/rate_control.h"

#include <algorithm>
#include <cmath>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

// The draft says 0.85. Here the drain takes care of the queue, so that less needs to be given up.
constexpr double kBeta = 0.9;
constexpr double kBetaDrained = 0.95;
constexpr double kMultiplicative = 1.12;  // per second
// Additive growth: a packet per response time, but within these parts of the rate per second.
constexpr DataSize kPacket = DataSize::Bytes(1200);
constexpr TimeDelta kResponse = milliseconds(100);
constexpr double kMinAdditive = 0.015;
constexpr double kMaxAdditive = 0.03;
// From this part of the known capacity on the least growth will do.
constexpr double kClose = 0.95;
// Growth stops where this much more than what arrives is allowed: it would be a guess.
constexpr double kMaxAhead = 1.5;
constexpr DataRate kMaxAheadOffset = DataRate::KilobitsPerSecond(10);

// A queue that has to be got rid of, and one that may stay.
constexpr TimeDelta kLongQueue = milliseconds(50);
constexpr TimeDelta kShortQueue = milliseconds(20);
// The queue is to be gone in about this time.
constexpr TimeDelta kDrainTime = milliseconds(700);
constexpr double kMinDrain = 0.3;
constexpr TimeDelta kMaxDrain = milliseconds(3000);
// A queue that is there all the time, although it does not grow.
constexpr TimeDelta kStandingQueue = milliseconds(40);
constexpr TimeDelta kStanding = milliseconds(300);
// For so long after a probe a queue says that it was wrong.
constexpr TimeDelta kProbation = milliseconds(1000);
constexpr TimeDelta kOneProbe = milliseconds(100);
constexpr TimeDelta kTolerance = std::chrono::seconds(10);

TimeDelta LongQueue(const RateControl::Input& input) {
  return std::max(kLongQueue, 2 * input.jitter);
}
TimeDelta ShortQueue(const RateControl::Input& input) {
  return std::max(kShortQueue, input.jitter);
}

}  // namespace

RateControl::RateControl(const Limits& limits) : limits_(limits), rate_(limits.start) {}

void RateControl::Update(const Input& input) {
  if (!updated_at_) updated_at_ = input.now;
  if (input.usage == LinkUsage::kOver) {
    const TimeDelta pause =
        std::clamp<TimeDelta>(input.round_trip_time, milliseconds(50), milliseconds(200)) +
        milliseconds(50);
    const bool again = decreased_at_ && input.now - *decreased_at_ < pause;
    const bool far_off = input.acknowledged && *input.acknowledged < Scaled(rate_, 0.6) &&
                         !input.application_limited;
    if (!again || far_off) Decrease(input);
  } else if (input.usage == LinkUsage::kNormal && !draining_ && !input.hold) {
    Increase(input);
  }
  Doubt(input);
  if (!draining_ && QueueStands(input)) {
    if (input.acknowledged) rate_ = std::min(rate_, Scaled(*input.acknowledged, kBetaDrained));
    StartDrain(input.now);
  }
  if (draining_) Drain(input);
  rate_ = std::clamp(rate_, limits_.min, limits_.max);
  updated_at_ = input.now;
}

void RateControl::Decrease(const Input& input) {
  const DataRate arrives = input.acknowledged.value_or(rate_);
  const bool drain = input.queue_delay > LongQueue(input);
  DataRate rate = Scaled(arrives, drain ? kBetaDrained : kBeta);
  // Little is sent, so what arrives is not what the link carries.
  if (input.application_limited) rate = std::max(rate, Scaled(rate_, kBeta));
  if (rate >= rate_) {
    // More arrives than is allowed (a burst of audio, a probe): it is the last word on capacity.
    rate = std::min(rate_, Scaled(known_capacity_.value_or(rate_), kBeta));
  } else if (!input.application_limited) {
    known_capacity_ = known_capacity_ && Ratio(arrives, *known_capacity_) > 0.7
                          ? Scaled(*known_capacity_, 0.7) + Scaled(arrives, 0.3)
                          : arrives;
  }
  rate_ = std::max(rate, limits_.min);
  decreased_at_ = input.now;
  backed_off_ = true;
  if (drain && !draining_) StartDrain(input.now);
}

void RateControl::StartDrain(Timestamp now) {
  draining_ = true;
  drain_limit_ = now + kMaxDrain;
  standing_since_.reset();
}

void RateControl::Doubt(const Input& input) {
  if (!probed_at_ || input.now - *probed_at_ > kProbation) return;
  if (input.queue_delay < LongQueue(input) || input.application_limited || !input.acknowledged)
    return;
  rate_ = std::min(rate_, std::max(before_probe_, Scaled(*input.acknowledged, kBetaDrained)));
  probed_at_.reset();
  backed_off_ = true;
  if (!draining_) StartDrain(input.now);
}

bool RateControl::QueueStands(const Input& input) {
  if (input.queue_delay < std::max(kStandingQueue, 2 * input.jitter) || input.application_limited) {
    standing_since_.reset();
    return false;
  }
  if (!standing_since_) standing_since_ = input.now;
  return input.now - *standing_since_ >= kStanding && input.now >= tolerate_until_;
}

void RateControl::Drain(const Input& input) {
  if (input.queue_delay < ShortQueue(input) || input.now >= drain_limit_) {
    if (input.queue_delay >= ShortQueue(input)) tolerate_until_ = input.now + kTolerance;
    draining_ = false;
    return;
  }
  const double part =
      std::clamp(1 - ToSeconds(input.queue_delay) / ToSeconds(kDrainTime), kMinDrain, 0.95);
  drain_rate_ = std::max(limits_.min, Scaled(rate_, part));
  // So much less is sent than the link carries: then the queue is gone, feedback or not.
  const auto left = TimeDelta(static_cast<int64_t>(static_cast<double>(input.queue_delay.count()) /
                                                   (1 - kBetaDrained * part)));
  drain_until_ = std::min(drain_limit_, input.now + left + kResponse);
}

bool RateControl::NearCapacity() const {
  return known_capacity_ && Ratio(rate_, *known_capacity_) > 0.75;
}

void RateControl::Increase(const Input& input) {
  const double passed = std::clamp(ToSeconds(input.now - *updated_at_), 0.0, 1.0);
  if (input.application_limited || !input.acknowledged || rate_ >= input.ceiling || !input.used)
    return;
  // Way beyond what was the link's rate: it is another link now.
  if (known_capacity_ && *input.acknowledged > Scaled(*known_capacity_, 1.15)) {
    known_capacity_.reset();
  }
  DataRate rate;
  if (NearCapacity()) {
    const DataRate per_second = kPacket / (input.round_trip_time + kResponse);
    const double step = std::clamp(Ratio(per_second, rate_), kMinAdditive, kMaxAdditive) * passed;
    const bool close = rate_ > Scaled(*known_capacity_, kClose);
    rate = Scaled(rate_, 1 + (close ? kMinAdditive * passed : step));
  } else {
    rate = Scaled(rate_, std::pow(kMultiplicative, passed));
  }
  const DataRate ahead = Scaled(*input.acknowledged, kMaxAhead) + kMaxAheadOffset;
  rate = std::min(rate, std::max(ahead, rate_));
  if (rate > rate_) backed_off_ = false;
  rate_ = rate;
}

void RateControl::OnProbed(DataRate rate, Timestamp now) {
  if (rate <= rate_) return;
  // A result gets better with each packet that arrives; it is still one probe.
  if (!probed_at_ || now - *probed_at_ > kOneProbe) before_probe_ = rate_;
  probed_at_ = now;
  rate_ = std::min(rate, limits_.max);
  draining_ = false;
  backed_off_ = false;
  if (known_capacity_ && rate > Scaled(*known_capacity_, 1.15)) known_capacity_.reset();
}

void RateControl::Lower(DataRate rate) {
  if (rate >= rate_) return;
  rate_ = std::max(rate, limits_.min);
  backed_off_ = true;
}

void RateControl::HandleTimeout(Timestamp now) {
  if (draining_ && now >= drain_until_) draining_ = false;
}

}  // namespace stellwerk
