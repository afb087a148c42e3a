#include "rtc/allocation/slot_history.h"

#include <algorithm>
#include <cmath>

namespace stellwerk {
namespace {

using FloatSeconds = std::chrono::duration<double>;

// A keyframe raises the rate of a second by a half; a viewer who then scrolls a page raises it for
// good.
constexpr FloatSeconds kRiseTime{3.0};
constexpr FloatSeconds kFallTime{1.0};
constexpr uint8_t kMaxFailures = 8;

}  // namespace

bool SlotHistory::NoteRequest(std::optional<ProducerId> source, const ConsumerDemand& demand) {
  if (source_ != source) {
    *this = SlotHistory();
    source_ = source;
    demand_ = demand;
    return true;
  }
  if (demand_ == demand) return false;
  demand_ = demand;
  return true;
}

void SlotHistory::NoteRate(DataRate measured, bool sent, Timestamp now) {
  const FloatSeconds elapsed =
      std::clamp(FloatSeconds(now - rate_updated_), FloatSeconds(0), FloatSeconds(1));
  rate_updated_ = std::max(rate_updated_, now);
  if (measured.bps() <= 0) return;
  if (!sent || rate_.bps() <= 0) {
    rate_ = measured;
    return;
  }
  const FloatSeconds constant = measured > rate_ ? kRiseTime : kFallTime;
  const double weight = 1.0 - std::exp(-elapsed.count() / constant.count());
  rate_ += DataRate::BitsPerSecond(
      static_cast<int64_t>(weight * static_cast<double>(measured.bps() - rate_.bps())));
}

void SlotHistory::NoteWhatFits(bool more, bool higher, Timestamp now) {
  more_fits_since_ = more ? std::min(more_fits_since_, now) : kNever;
  higher_fits_since_ = higher ? std::min(higher_fits_since_, now) : kNever;
}

void SlotHistory::SetTarget(std::optional<Layer> target, DataRate rate, Timestamp now) {
  if (target_ == target) return;
  if (lost_ <= target) lost_.reset();
  target_ = target;
  rate_ = rate;
  rate_updated_ = now;
  waits_since_ = kNever;
}

void SlotHistory::NoteRaise(DataRate available, Timestamp now) {
  raised_at_ = now;
  available_when_raised_ = available;
}

void SlotHistory::NoteReduction(DataRate available, const AllocationConfig& config, Timestamp now) {
  const bool link_was_lost =
      static_cast<double>(available.bps()) <
      (1.0 - config.link_lost) * static_cast<double>(available_when_raised_.bps());
  if (link_was_lost) lost_ = std::max(lost_, target_);
  reduced_at_ = now;
  if (now - raised_at_ < config.raise_lasts && !link_was_lost) {
    failed_raises_ = std::min<uint8_t>(failed_raises_ + 1, kMaxFailures);
  } else {
    failed_raises_ = 1;
  }
}

Timestamp SlotHistory::NoteWait(bool waits, const AllocationConfig& config, Timestamp now) {
  if (!waits) {
    waits_since_ = kNever;
    return kNever;
  }
  waits_since_ = std::min(waits_since_, now);
  const Timestamp in_vain = waits_since_ + config.resume_wait;
  if (now < in_vain) return in_vain;
  waits_since_ = kNever;
  asks_again_at_ = now + config.resume_pause;
  return now;
}

Timestamp SlotHistory::MoreAllowedAt(const AllocationConfig& config) const {
  return more_fits_since_ == kNever ? kNever : more_fits_since_ + config.temporal_hold;
}

Timestamp SlotHistory::HigherAllowedAt(const AllocationConfig& config) const {
  if (higher_fits_since_ == kNever) return kNever;
  // One reduction that is long past is no reason for caution.
  const bool forgiven =
      failed_raises_ == 1 && higher_fits_since_ - reduced_at_ > config.raise_lasts;
  if (failed_raises_ == 0 || forgiven) return higher_fits_since_ + config.first_raise_hold;
  const TimeDelta hold = config.raise_hold * (1 << (failed_raises_ - 1));
  return higher_fits_since_ + std::min(hold, config.max_raise_hold);
}

}  // namespace stellwerk
