#include "rtc/consumer/timestamp_rewriter.h"

#include <algorithm>

#include "rtc/producer/source_clock.h"

namespace stellwerk {
namespace {

// A capture time may lie behind by the publisher's encoder, network and repairs, and ahead by the
// error of its clock.
constexpr TimeDelta kMaxBehind = std::chrono::seconds(5);
constexpr TimeDelta kMaxAhead = std::chrono::seconds(1);

}  // namespace

TimestampRewriter::TimestampRewriter(uint32_t clock_rate, uint32_t base, Timestamp origin,
                                     uint32_t min_step)
    : clock_rate_(clock_rate), base_(base), origin_(origin), min_step_(min_step), newest_(base) {}

void TimestampRewriter::StartRun(int64_t timestamp, Timestamp captured, Timestamp now) {
  if (captured < now - kMaxBehind || captured > now + kMaxAhead) captured = now;
  int64_t output = base_ + StreamClock::TimeToUnits(captured - origin_, clock_rate_);
  if (started_) output = std::max<int64_t>(output, newest_ + min_step_);
  started_ = true;
  offset_ = output - timestamp;
}

RtpTimestamp TimestampRewriter::Rewrite(int64_t timestamp) {
  newest_ = std::max(newest_, timestamp + offset_);
  return Peek(timestamp);
}

RtpTimestamp TimestampRewriter::Peek(int64_t timestamp) const {
  return RtpTimestamp(static_cast<uint32_t>(timestamp + offset_));
}

}  // namespace stellwerk
