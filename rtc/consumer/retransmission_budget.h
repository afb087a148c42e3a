#pragma once

#include <algorithm>

#include "rtc/base/units.h"

namespace stellwerk {

// How much a slot may retransmit. What a subscriber says of its losses and round trips is its own
// word, and answering must not cost more than it is worth: half of what the slot sends, which heals
// a loss of a third, and a burst.
class RetransmissionBudget {
 public:
  // A large keyframe, or 400 ms of 2.5 Mb/s lost in one piece.
  static constexpr DataSize kBurst = DataSize::Bytes(128 * 1024);

  void OnMedia(DataSize size) {
    left_ = std::min(left_ + DataSize::Bytes(size.bytes() / 2), kBurst);
  }
  // The packet that empties it may be larger than what is left.
  [[nodiscard]] bool exhausted() const { return left_ <= DataSize(); }
  void OnRetransmission(DataSize size) { left_ -= size; }

 private:
  DataSize left_ = kBurst;
};

}  // namespace stellwerk
