#include "rtc/consumer/timestamp_rewriter.h"

#include <algorithm>

#include "rtc/producer/source_clock.h"

namespace stellwerk {
namespace {

// A capture time may lie behind by the publisher's encoder, network and repairs, and ahead by the
// error of its clock.
constexpr TimeDelta kMaxBehind = std::chrono::seconds(5);
constexpr TimeDelta kMaxAhead = std::chrono::seconds(1);

// A replay is squeezed into so small a part of a second.
constexpr int64_t kReplaySpan = 100;

}  // namespace

TimestampRewriter::TimestampRewriter(uint32_t clock_rate, uint32_t base, Timestamp origin,
                                     uint32_t min_step)
    : clock_rate_(clock_rate), base_(base), origin_(origin), min_step_(min_step), newest_(base) {}

void TimestampRewriter::StartRun(int64_t timestamp, Timestamp captured, Timestamp now) {
  StartRun(timestamp, captured, now, min_step_);
}

void TimestampRewriter::StartReplay(int64_t first, int64_t live, Timestamp captured,
                                    Timestamp now) {
  const int64_t span = clock_rate_ / kReplaySpan;
  StartRun(live, captured, now, min_step_ + span);
  live_ = live;
  compression_ = std::max<int64_t>((live - first) / span + 1, 1);
}

void TimestampRewriter::StartRun(int64_t timestamp, Timestamp captured, Timestamp now,
                                 int64_t min_step) {
  compression_ = 1;
  if (captured < now - kMaxBehind || captured > now + kMaxAhead) captured = now;
  int64_t output = base_ + StreamClock::TimeToUnits(captured - origin_, clock_rate_);
  if (started_) output = std::max<int64_t>(output, newest_ + min_step);
  started_ = true;
  offset_ = output - timestamp;
}

RtpTimestamp TimestampRewriter::Rewrite(int64_t timestamp) {
  newest_ = std::max(newest_, Output(timestamp));
  return Peek(timestamp);
}

RtpTimestamp TimestampRewriter::Peek(int64_t timestamp) const {
  return RtpTimestamp(static_cast<uint32_t>(Output(timestamp)));
}

}  // namespace stellwerk
