#include "rtc/bwe/path_delay.h"

#include <algorithm>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

// A slope without any queue is noise; with jitter that much more of a queue it takes.
constexpr TimeDelta kNoQueue = milliseconds(10);
constexpr int kJitterQueue = 2;
// Times the jitter: what the trend is fitted over, and what the fastest packet is taken from.
constexpr int kJitterTrend = 15;
constexpr int kJitterFastest = 6;
constexpr int kJitterAllowance = 3;
// Right after a probe a queue up to that is its own.
constexpr TimeDelta kProbeQueueBound = milliseconds(80);

}  // namespace

TimeDelta PathDelay::Span(int times) const {
  return jitter_ < kNoJitter ? TimeDelta{} : times * jitter_;
}

void PathDelay::OnStep(const ArrivalGroups::Step& step, Timestamp now) {
  const TimeDelta change = step.arrived - step.sent;
  jitter_ += ((change < TimeDelta{} ? -change : change) - jitter_) / 16;
  trendline_.OnStep(step, Span(kJitterTrend));
  detector_.OnTrend(trendline_.slope(), trendline_.steps(), step.sent, now);
}

void PathDelay::Finish(Timestamp now) {
  queue_.Finish(Span(kJitterFastest), Span(kJitterAllowance), now);
  usage_ = Judge(now);
}

LinkUsage PathDelay::Judge(Timestamp now) const {
  if (detector_.usage() != LinkUsage::kOver) return detector_.usage();
  if (queue() < std::max(kNoQueue, Span(kJitterQueue))) return LinkUsage::kNormal;
  if (now < probed_until_ && queue() < kProbeQueueBound) return LinkUsage::kNormal;
  return LinkUsage::kOver;
}

}  // namespace stellwerk
