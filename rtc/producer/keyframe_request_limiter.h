#pragma once

#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

enum class KeyframeReason : uint8_t {
  kStart,    // somebody joins, or switches to this encoding: has no picture of it yet
  kUpgrade,  // somebody has a picture and may get a better one: waits for others who want it, too
  kUpgradeInRush,  // the same while many join, all of whom will want it
  kRecovery,       // somebody's decoder, or we, lost the thread
};

// When to ask a publisher for a keyframe of one encoding. Requests of many subscribers become one;
// one that comes shortly after another was sent is put off, never lost; and as long as none is
// answered it is repeated, with growing pauses. Whoever needs recovery again and again, answered or
// not, gets it ever more rarely, since everybody pays for it; those who start don't wait for that.
class KeyframeRequestLimiter {
 public:
  // A keyframe is wanted. True: send the request now.
  [[nodiscard]] bool Request(Timestamp now, KeyframeReason reason);
  // True: send the request (again) now.
  [[nodiscard]] bool HandleTimeout(Timestamp now);
  // The first packet of a keyframe arrived.
  void OnKeyframe() { End(); }
  // Nobody wants it any longer.
  void Cancel() { End(); }

  [[nodiscard]] Timestamp NextTimeout() const { return wanted_ ? next_ : kNever; }
  [[nodiscard]] bool wanted() const { return wanted_; }
  [[nodiscard]] uint64_t sent() const { return sent_; }

 private:
  // A keyframe costs every subscriber of the encoding ten to thirty ordinary frames.
  static constexpr TimeDelta kMinPause = std::chrono::milliseconds(500);
  // How long an upgrade waits for others, and in a rush.
  static constexpr TimeDelta kGather = std::chrono::milliseconds(150);
  static constexpr TimeDelta kGatherInRush = std::chrono::milliseconds(1500);

  void Send(Timestamp now);
  void End();

  bool wanted_ = false;
  bool asked_ = false;  // for what is wanted now
  KeyframeReason reason_ = KeyframeReason::kStart;
  uint64_t sent_ = 0;
  Timestamp wanted_since_{};
  Timestamp last_sent_{};
  Timestamp next_{};                      // not before
  TimeDelta repeat_pause_{};              // while unanswered
  TimeDelta recovery_pause_ = kMinPause;  // from an answered request to the next recovery
};

}  // namespace stellwerk
