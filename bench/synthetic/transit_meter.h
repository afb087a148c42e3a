#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/transit_times.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// Measures how long the packets of one slot were on their way from their publisher to a viewer.
//
// What a server sends from its history, so that a picture begins at once, is not on its way for all
// that time. It shows in that it had been sent before the slot began to carry its stream: before
// what the slot carried until then was sent, or before the viewer could get anything. It is
// counted, but not measured.
class TransitMeter {
 public:
  // `times` outlives this; nullptr: nothing is measured.
  void RecordTo(TransitTimes* times) { times_ = times; }

  void OnPacket(const PayloadMark& mark, Timestamp arrival) {
    if (times_ == nullptr) return;
    const Stream stream(mark.source, mark.encoding);
    if (stream != carried_) {
      carried_since_ = carried_ ? newest_ : times_->viewer_since;
      carried_ = stream;
    }
    newest_ = std::max(newest_, mark.sent());
    if (mark.sent() + kTolerance < carried_since_) {
      ++times_->from_history;
    } else {
      times_->Add(arrival - mark.sent(), mark.packets);
    }
  }

 private:
  using Stream = std::pair<uint32_t, uint8_t>;  // source and encoding
  // Publishers are not equally far from the server.
  static constexpr TimeDelta kTolerance = std::chrono::milliseconds(5);

  TransitTimes* times_ = nullptr;
  std::optional<Stream> carried_;
  Timestamp carried_since_{};
  Timestamp newest_{};  // sending of all so far
};

}  // namespace stellwerk::synthetic
