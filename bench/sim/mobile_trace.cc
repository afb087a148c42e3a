#include "bench/sim/mobile_trace.h"

#include <algorithm>
#include <cmath>

#include "bench/link/loss_model.h"
#include "rtc/base/random.h"

namespace stellwerk::synthetic {
namespace {

constexpr TimeDelta kStep = std::chrono::milliseconds(100);

double Ratio(TimeDelta a, TimeDelta b) {
  return static_cast<double>(a.count()) / static_cast<double>(b.count());
}

}  // namespace

RateTrace MobileTrace::Make(TimeDelta duration, uint64_t seed) const {
  SeededRandom random(seed);
  const double kept = std::exp(-Ratio(kStep, memory));
  RateTrace trace;
  double state = NextNormal(random);
  for (TimeDelta at{}; at < duration; at += kStep) {
    state = state * kept + NextNormal(random) * std::sqrt(1 - kept * kept);
    const double rate = static_cast<double>(median.bps()) * std::exp(spread * state);
    trace.points.push_back(
        {at, std::clamp(DataRate::BitsPerSecond(static_cast<int64_t>(rate)), min, max)});
    if (NextUniform(random) < Ratio(kStep, between_gaps)) {
      trace.points.push_back({at + kStep, DataRate()});
      at += gap;
    }
  }
  return trace;
}

}  // namespace stellwerk::synthetic
