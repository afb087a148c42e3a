#include "bench/link/rate_timeline.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stellwerk {

RateTimeline::RateTimeline(RateTrace trace, Timestamp start)
    : trace_(std::move(trace)), start_(start) {
  // With a period only what lies within it comes again.
  for (const RatePoint& point : trace_.points) {
    if (trace_.period > TimeDelta{} && point.at >= trace_.period) continue;
    ever_passes_ = ever_passes_ || point.rate > DataRate();
  }
}

RateTimeline::Segment RateTimeline::SegmentAt(Timestamp at) const {
  TimeDelta into = std::max(at - start_, TimeDelta{});
  Timestamp lap = start_;
  if (trace_.period > TimeDelta{}) {
    const auto laps = into / trace_.period;
    lap += laps * trace_.period;
    into -= laps * trace_.period;
  }
  const auto next =
      std::upper_bound(trace_.points.begin(), trace_.points.end(), into,
                       [](TimeDelta time, const RatePoint& point) { return time < point.at; });
  Segment segment;
  segment.rate = next == trace_.points.begin() ? next->rate : std::prev(next)->rate;
  if (next != trace_.points.end()) segment.until = lap + next->at;
  if (trace_.period > TimeDelta{}) {
    segment.until = std::min(segment.until, lap + trace_.period);
  }
  return segment;
}

DataRate RateTimeline::RateAt(Timestamp at) const {
  return unlimited() ? DataRate() : SegmentAt(at).rate;
}

DataSize RateTimeline::Between(Timestamp from, Timestamp to) const {
  if (unlimited()) return DataSize();
  double bytes = 0;
  while (from < to) {
    const Segment segment = SegmentAt(from);
    const Timestamp end = std::min(segment.until, to);
    bytes +=
        static_cast<double>(segment.rate.bps()) * static_cast<double>((end - from).count()) / 8e9;
    from = end;
  }
  return DataSize::Bytes(std::llround(bytes));
}

Timestamp RateTimeline::Finish(Timestamp from, DataSize size) const {
  if (unlimited()) return from;
  double bits = static_cast<double>(size.bytes()) * 8;
  while (true) {
    const Segment segment = SegmentAt(from);
    const auto rate = static_cast<double>(segment.rate.bps());
    if (rate > 0) {
      const double needed = bits / rate * 1e9;  // ns
      const bool fits =
          segment.until == kNever || needed <= static_cast<double>((segment.until - from).count());
      // Rounded up, so that not even a trace of tiny packets passes more than the rate.
      if (fits) return from + TimeDelta(static_cast<int64_t>(std::ceil(needed)));
      bits -= rate * static_cast<double>((segment.until - from).count()) / 1e9;
    }
    if (segment.until == kNever || !ever_passes_) return kNever;
    from = segment.until;
  }
}

}  // namespace stellwerk
