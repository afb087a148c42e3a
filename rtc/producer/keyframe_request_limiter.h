#pragma once

#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

// When to ask a publisher for a keyframe of one encoding. Requests of many subscribers become one;
// one that comes shortly after another was sent is put off, never lost; and as long as none is
// answered it is repeated, with growing pauses.
class KeyframeRequestLimiter {
 public:
  // A keyframe is wanted. True: send the request now.
  [[nodiscard]] bool Request(Timestamp now);
  // True: send the request (again) now.
  [[nodiscard]] bool HandleTimeout(Timestamp now);
  // The first packet of a keyframe arrived.
  void OnKeyframe();
  // Nobody wants it any longer.
  void Cancel() { wanted_ = false; }

  [[nodiscard]] Timestamp NextTimeout() const { return wanted_ ? next_ : kNever; }
  [[nodiscard]] bool wanted() const { return wanted_; }
  [[nodiscard]] uint64_t sent() const { return sent_; }

 private:
  void Sent(Timestamp now);

  bool wanted_ = false;
  uint64_t sent_ = 0;
  Timestamp next_{};  // not before
  TimeDelta pause_{};
};

}  // namespace stellwerk
