#include "rtc/bwe/queue_delay.h"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

// No queue is that long: one of the clocks was set.
constexpr TimeDelta kClockJump = std::chrono::seconds(10);
// Fewer messages than that have no mean.
constexpr int64_t kMeanOf = 5;

}  // namespace

TimeDelta QueueDelay::FastestOf(TimeDelta span, Timestamp now) const {
  TimeDelta fastest = batches_[(batch_count_ - 1) % kBatches].took;
  for (std::size_t age = 1; age < std::min(batch_count_, kBatches); ++age) {
    if (now - batches_[(batch_count_ - age) % kBatches].at >= span) break;
    fastest = std::min(fastest, batches_[(batch_count_ - 1 - age) % kBatches].took);
  }
  return fastest;
}

void QueueDelay::Remember(TimeDelta took, TimeDelta fastest, Timestamp now) {
  if (used_ == 0 || now - slot_began_ >= kSlotTime) {
    newest_ = used_ == 0 ? 0 : (newest_ + 1) % kSlots;
    used_ = std::min(used_ + 1, kSlots);
    slots_[newest_] = {.least = took, .sum = {}, .reference = took, .count = 0};
    slot_began_ = now;
  }
  Slot& slot = slots_[newest_];
  slot.least = std::min(slot.least, took);
  slot.sum += fastest - slot.reference;
  ++slot.count;
}

void QueueDelay::Finish(TimeDelta least_span, TimeDelta allowance, Timestamp now) {
  if (batch_ == TimeDelta::max()) return;
  const TimeDelta took = std::exchange(batch_, TimeDelta::max());
  if (used_ > 0) {
    const TimeDelta step = took - slots_[newest_].least;
    if (step > kClockJump || step < -kClockJump) {
      used_ = 0;
      batch_count_ = 0;
    }
  }
  batches_[batch_count_ % kBatches] = {now, took};
  ++batch_count_;
  const TimeDelta fastest = FastestOf(least_span, now);
  Remember(took, fastest, now);

  TimeDelta least = slots_[0].least;
  std::optional<TimeDelta> usual;
  for (std::size_t i = 0; i < used_; ++i) {
    least = std::min(least, slots_[i].least);
    if (slots_[i].count < kMeanOf) continue;
    usual = std::min(usual.value_or(slots_[i].mean()), slots_[i].mean());
  }
  const TimeDelta noise = usual ? std::min(*usual - least, allowance) : allowance;
  current_ = std::max(TimeDelta{}, fastest - least - noise);
}

}  // namespace stellwerk
