#pragma once

#include <uv.h>

#include <memory>
#include <optional>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "rtc/base/delay_counters.h"
#include "rtc/base/units.h"
#include "worker/media_clock_reader.h"

namespace stellwerk {

// The worker's turn of a libuv loop: one reading of the clock per turn, one timer on the earliest
// deadline, and one call when all that woke the loop has been handled.
//
// A turn and an armed timer cost more than a packet. So what is due is served in whatever turn
// comes first, and the timer only wakes: one that expired while something else had woken the loop
// is set anew before it does.
class EventLoop {
 public:
  struct Callbacks {
    // The deadline that on_turn_end named has come; in the same turn's end, just before it.
    absl::AnyInvocable<void(Timestamp now)> on_deadline;
    // Before the loop sleeps. Returns the next deadline, kNever for none.
    absl::AnyInvocable<Timestamp(Timestamp now)> on_turn_end;
  };

  static absl::StatusOr<std::unique_ptr<EventLoop>> Create(uv_loop_t* loop, Callbacks callbacks);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The time of this turn.
  [[nodiscard]] Timestamp Now();
  // The clock itself, for those who relate other clocks to it.
  [[nodiscard]] Timestamp ReadClock() const { return clock_.Now(); }
  [[nodiscard]] const TurnCounters& turns() const { return turns_; }
  [[nodiscard]] uv_loop_t* uv() const { return loop_; }

 private:
  EventLoop(uv_loop_t* loop, int timer_fd, Callbacks callbacks);
  void OnTurnEnd();
  void ServeDeadline();
  void Arm(Timestamp deadline);

  uv_loop_t* loop_;
  // A timerfd: libuv's own timers count milliseconds, too coarse for pacing.
  int timer_fd_;
  Callbacks callbacks_;
  MediaClockReader clock_;
  uv_poll_t* timer_ = nullptr;  // all freed by their close callbacks
  uv_prepare_t* turn_end_ = nullptr;
  uv_idle_t* hurry_ = nullptr;  // keeps the loop from sleeping for one turn
  std::optional<Timestamp> now_;
  TurnCounters turns_;
  Timestamp deadline_ = kNever;  // as named last; kNever when it was served
  Timestamp armed_ = kNever;
};

}  // namespace stellwerk
