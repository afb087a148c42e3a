#include "rtc/bwe/queue_delay.h"

#include <algorithm>

namespace stellwerk {
namespace {

// No queue is that long: one of the clocks was set.
constexpr TimeDelta kClockJump = std::chrono::seconds(10);

}  // namespace

void QueueDelay::OnPacket(Timestamp sent, TimeDelta arrival) {
  const TimeDelta took = arrival - sent.time_since_epoch();
  if (!batch_ || took < *batch_) batch_ = took;
}

void QueueDelay::Finish(TimeDelta least_span, Timestamp now) {
  if (!batch_) return;
  const TimeDelta took = *batch_;
  batch_.reset();
  if (used_ > 0) {
    const TimeDelta step = took - least_[newest_];
    if (step > kClockJump || step < -kClockJump) {
      used_ = 0;
      batch_count_ = 0;
    }
  }
  if (used_ == 0) {
    used_ = 1;
    newest_ = 0;
    least_[0] = took;
    slot_began_ = now;
  } else if (now - slot_began_ >= kSlot) {
    newest_ = (newest_ + 1) % kSlots;
    used_ = std::min(used_ + 1, kSlots);
    least_[newest_] = took;
    slot_began_ = now;
  } else {
    least_[newest_] = std::min(least_[newest_], took);
  }
  const auto end = least_.begin() + static_cast<std::ptrdiff_t>(used_);
  batches_[batch_count_ % kBatches] = {now, took};
  ++batch_count_;
  TimeDelta fastest = took;
  for (std::size_t age = 1; age < std::min(batch_count_, kBatches); ++age) {
    if (now - batches_[(batch_count_ - age) % kBatches].at >= least_span) break;
    fastest = std::min(fastest, batches_[(batch_count_ - 1 - age) % kBatches].took);
  }
  current_ = fastest - *std::min_element(least_.begin(), end);
}

}  // namespace stellwerk
