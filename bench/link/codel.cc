#include "bench/link/codel.h"

#include <cmath>

namespace stellwerk {
namespace {

// RFC 8289 §4.2: a queue of less than one full packet is never the problem.
constexpr DataSize kMtu = DataSize::Bytes(1500);
// RFC 8289 §4.3: a new dropping state soon after the last one goes on at about its rate.
constexpr int kRecentIntervals = 16;

}  // namespace

bool CoDel::OkToDrop(Timestamp now, TimeDelta sojourn, DataSize left) {
  if (sojourn < target_ || left <= kMtu) {
    first_above_ = kNever;
    return false;
  }
  if (first_above_ == kNever) {
    first_above_ = now + interval_;
    return false;
  }
  return now >= first_above_;
}

Timestamp CoDel::ControlLaw(Timestamp from) const {
  const double step = static_cast<double>(interval_.count()) / std::sqrt(count_);
  return from + TimeDelta(static_cast<int64_t>(step));
}

bool CoDel::ShouldDrop(Timestamp now, TimeDelta sojourn, DataSize left) {
  const bool ok_to_drop = OkToDrop(now, sojourn, left);
  if (dropping_) {
    if (!ok_to_drop) {
      dropping_ = false;
      return false;
    }
    if (now < drop_next_) return false;
    ++count_;
    drop_next_ = ControlLaw(drop_next_);
    return true;
  }
  if (!ok_to_drop) return false;
  dropping_ = true;
  const uint32_t delta = count_ - last_count_;
  count_ = delta > 1 && now - drop_next_ < kRecentIntervals * interval_ ? delta : 1;
  drop_next_ = ControlLaw(now);
  last_count_ = count_;
  return true;
}

}  // namespace stellwerk
