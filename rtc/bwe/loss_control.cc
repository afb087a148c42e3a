#include "rtc/bwe/loss_control.h"

#include <algorithm>
#include <cmath>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

constexpr TimeDelta kSpan = std::chrono::milliseconds(250);
// So many observations at least.
constexpr std::size_t kFewest = 2;
// So much is lost of so many packets that a link has changed, or was thought to carry far more:
// each moment of waiting is sent in vain.
constexpr int kMany = 30;
constexpr double kHeavy = 0.3;
constexpr TimeDelta kHeavySpan = std::chrono::milliseconds(40);
// An observation counts for this part of the one after it.
constexpr double kForget = 0.93;
// Losses come in bursts: of several packets each counts less than on its own.
constexpr double kIndependence = 0.5;
// By how much (a log of odds) "there is a limit" has to explain better what was seen.
constexpr double kEvidence = 4;
// Less loss than this needs no explanation.
constexpr double kHarmless = 0.02;
constexpr std::array<double, LossControl::kInherents> kInherent = {
    0.001, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, LossControl::kMaxInherent};
// Of the limit, per observation, once nothing speaks for it any more.
constexpr double kRelease = 1.01;
// Of what the link seems to carry: what goes beyond gets lost, voices as much as pictures.
constexpr double kUse = 0.95;
// A queue that overflows, and one that may drop early.
constexpr TimeDelta kFullQueue = std::chrono::milliseconds(100);
constexpr TimeDelta kSomeQueue = std::chrono::milliseconds(20);

}  // namespace

void LossControl::OnPackets(std::span<const PacketResult> packets, TimeDelta queue) {
  open_.queue = std::max(open_.queue, queue);
  Timestamp since = open_since_;
  Timestamp until = open_until_;
  int lost = 0;
  int fresh = 0;
  int found = 0;  // counted as lost before
  for (const PacketResult& packet : packets) {
    if (packet.was_lost) {
      ++found;
      continue;
    }
    ++fresh;
    if (!packet.arrival) ++lost;
    open_size_ += packet.size;
    since = std::min(since, packet.sent);
    until = std::max(until, packet.sent);
  }
  open_.packets += fresh;
  open_.lost = std::max(0.0, open_.lost + lost - found);
  open_since_ = since;
  open_until_ = until;
  const bool heavy = open_.packets >= kMany && open_.lost >= kHeavy * open_.packets;
  if (open_.packets > 0 && until - since >= (heavy ? kHeavySpan : kSpan)) Close();
}

void LossControl::OnProbed(DataRate rate) {
  if (limit_ && rate > *limit_) limit_.reset();
}

void LossControl::Close() {
  // The first packet took its time before it was sent.
  if (closed_ > 0 && closed_until_ > open_since_ - kSpan) {
    open_since_ = std::min(open_since_, closed_until_);
  }
  closed_until_ = open_until_;
  open_.rate = static_cast<double>((open_size_ / (open_until_ - open_since_)).bps());
  observations_[closed_ % kWindow] = open_;
  ++closed_;
  open_ = {};
  open_size_ = {};
  open_since_ = Timestamp::max();
  open_until_ = Timestamp::min();
  fresh_ = true;
}

const LossControl::Observation& LossControl::Recent(std::size_t age) const {
  return observations_[(closed_ - 1 - age) % kWindow];
}

void LossControl::Update(DataRate ceiling, Timestamp /*now*/) {
  if (!fresh_) return;
  fresh_ = false;
  JudgeInherent();
  Judge();
  if (limit_ && *limit_ > Scaled(ceiling, 1.5)) limit_.reset();
}

void LossControl::JudgeInherent() {
  const std::size_t count = std::min(closed_, kWindow);
  std::array<const Observation*, kWindow> clean;
  std::size_t cleans = 0;
  double lost = 0;
  double packets = 0;
  for (std::size_t age = 0; age < count; ++age) {
    const Observation& seen = Recent(age);
    if (seen.queue <= kSomeQueue) clean[cleans++] = &seen;
    if (age >= 4) continue;
    lost += seen.lost;
    packets += seen.packets;
  }
  recent_loss_ = packets > 0 ? static_cast<float>(lost / packets) : 0;
  // The middle half: what congestion lost at some time is not inherent.
  std::sort(clean.begin(), clean.begin() + static_cast<std::ptrdiff_t>(cleans),
            [](const Observation* a, const Observation* b) {
              return a->lost * b->packets < b->lost * a->packets;
            });
  lost = 0;
  packets = 0;
  for (std::size_t i = cleans / 4; i < cleans - cleans / 4; ++i) {
    lost += clean[i]->lost;
    packets += clean[i]->packets;
  }
  inherent_ = packets > 0 ? std::min(lost / packets, kMaxInherent) : 0;
}

void LossControl::Judge() {
  const std::size_t count = std::min(closed_, kWindow);
  bool harmless = true;
  for (std::size_t age = 0; age < count; ++age) {
    harmless = harmless && (Recent(age).queue > kFullQueue ||
                            Recent(age).lost <= kHarmless * Recent(age).packets);
  }
  Fit limited{.likelihood = -1e300};
  if (!harmless && count >= kFewest) {
    // What got through in some quarter of a second is what the link may carry.
    for (std::size_t age = 0; age<count; age += count> 8 ? 2 : 1) {
      const Observation& seen = Recent(age);
      if (seen.queue > kFullQueue) continue;
      const double arrived = seen.rate * (1 - seen.lost / std::max(seen.packets, 1.0));
      const Fit fit = BestFit(std::max(arrived, 1.0));
      if (fit.likelihood > limited.likelihood) limited = fit;
    }
    const Fit unlimited = BestFit(0);
    if (limited.likelihood > unlimited.likelihood + kEvidence) {
      limit_ = DataRate::BitsPerSecond(static_cast<int64_t>(kUse * limited.bandwidth));
      return;
    }
  }
  if (limit_) limit_ = Scaled(*limit_, kRelease);
}

LossControl::Fit LossControl::BestFit(double bandwidth) const {
  // What was sent within the limit, and each observation that went beyond.
  Weighed within;
  std::array<Weighed, kWindow> beyond;
  std::size_t exceeding = 0;
  const std::size_t count = std::min(closed_, kWindow);
  double weight = kIndependence;
  for (std::size_t age = 0; age < count; ++age, weight *= kForget) {
    const Observation& seen = Recent(age);
    if (seen.queue > kFullQueue) continue;
    const double lost = weight * seen.lost;
    const double arrived = weight * (seen.packets - seen.lost);
    if (bandwidth > 0 && seen.rate > bandwidth) {
      beyond[exceeding++] = {.lost = lost, .arrived = arrived, .excess = 1 - bandwidth / seen.rate};
    } else {
      within.lost += lost;
      within.arrived += arrived;
    }
  }
  Fit best{.likelihood = -1e300, .bandwidth = bandwidth};
  const std::span<const Weighed> exceeded = std::span(beyond).first(exceeding);
  for (const InherentLoss& inherent : InherentLosses()) {
    best.likelihood = std::max(best.likelihood, Likelihood(within, exceeded, inherent));
  }
  return best;
}

double LossControl::Likelihood(const Weighed& within, std::span<const Weighed> beyond,
                               const InherentLoss& inherent) {
  double sum = within.lost * inherent.log_lost + within.arrived * inherent.log_arrived;
  for (const Weighed& seen : beyond) {
    const double loss = std::min(inherent.loss + (1 - inherent.loss) * seen.excess, 0.999);
    sum += seen.lost * std::log(loss) + seen.arrived * std::log(1 - loss);
  }
  return sum;
}

// Logarithms are dear, and most observations lie within the limit.
const std::array<LossControl::InherentLoss, LossControl::kInherents>&
LossControl::InherentLosses() {
  static const auto losses = [] {
    std::array<InherentLoss, kInherents> made;
    std::transform(kInherent.begin(), kInherent.end(), made.begin(), [](double loss) {
      return InherentLoss{
          .loss = loss, .log_lost = std::log(loss), .log_arrived = std::log(1 - loss)};
    });
    return made;
  }();
  return losses;
}

}  // namespace stellwerk
