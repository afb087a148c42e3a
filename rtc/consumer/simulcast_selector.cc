#include "rtc/consumer/simulcast_selector.h"

#include <algorithm>
#include <bit>

namespace stellwerk {

void SimulcastSelector::SetSource(uint8_t encodings) {
  encodings_ = encodings;
  active_ = 0;
  current_.reset();
  ChooseTarget();
}

void SimulcastSelector::SetPreferred(SpatialLayer preferred) {
  preferred_ = preferred.value();
  ChooseTarget();
}

void SimulcastSelector::OnActive(uint32_t mask) {
  if (mask == active_) return;
  active_ = mask;
  ChooseTarget();
}

void SimulcastSelector::ChooseTarget() {
  if (encodings_ == 0) return;
  const auto wanted = std::min<uint8_t>(preferred_, encodings_ - 1);
  // With nothing on its way there is nothing better to choose from, be it that the publisher
  // begins, or that its screen does not change.
  if (active_ == 0) {
    target_ = current_ ? std::min(*current_, wanted) : wanted;
    return;
  }
  // The best one up to the wanted one; if all of those are off, the smallest above.
  const uint32_t up_to_wanted = active_ & ((uint32_t{2} << wanted) - 1);
  target_ = static_cast<uint8_t>(up_to_wanted != 0 ? std::bit_width(up_to_wanted) - 1
                                                   : std::countr_zero(active_));
}

SimulcastSelector::Verdict SimulcastSelector::OnPacket(uint8_t encoding, bool can_start) {
  if (encoding >= encodings_) return Verdict::kIgnore;
  if (encoding == current_) return Verdict::kForward;
  if (!can_start) return Verdict::kIgnore;
  // Anything up to the target is better than a black picture.
  if (encoding == target_ || (!current_ && encoding < target_)) {
    current_ = encoding;
    return Verdict::kStart;
  }
  return Verdict::kIgnore;
}

}  // namespace stellwerk
