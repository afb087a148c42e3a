#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/transport_feedback.h"

namespace stellwerk::synthetic {

// Whether packets of a transport are missing that were sent a moment ago, by its transport-wide
// numbers: of whichever stream they are, and even if nothing else of that has come.
class TransportGaps {
 public:
  void OnPacket(TransportSeqNum number, Timestamp now) {
    const int64_t at = unwrapper_.Unwrap(number);
    // Senders begin with 0 or 1.
    if (at > newest_.value_or(0) + 1) gap_at_ = now;
    newest_ = std::max(newest_.value_or(at), at);
  }
  [[nodiscard]] bool LatelyAt(Timestamp now) const { return gap_at_ && now - *gap_at_ <= kLately; }

 private:
  // As long as what was sent together may take to arrive.
  static constexpr TimeDelta kLately = std::chrono::milliseconds(100);
  Unwrapper<TransportSeqNum> unwrapper_;
  std::optional<int64_t> newest_;
  std::optional<Timestamp> gap_at_;
};

}  // namespace stellwerk::synthetic
