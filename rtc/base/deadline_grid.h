#pragma once

#include "rtc/base/units.h"

namespace stellwerk {

// A turn of the loop costs more than a packet. What many transports do now and then, each by
// itself, therefore falls on common instants, so that one turn serves them all.

// For what is seldom, and may be this much later: reports, ticks, consent. With a thousand
// subscribers 40 turns a second instead of thousands.
inline constexpr TimeDelta kDeadlineGrid = std::chrono::milliseconds(25);
// For feedback that somebody waits for.
inline constexpr TimeDelta kFeedbackGrid = std::chrono::milliseconds(10);
// For all that a timer sends: less than a pacer's burst, and than a receiver's clock tells apart.
inline constexpr TimeDelta kTurnGrid = std::chrono::milliseconds(1);

// The first instant of the grid at or after `at`; kNever stays.
constexpr Timestamp OnDeadlineGrid(Timestamp at, TimeDelta grid = kDeadlineGrid) {
  if (at == kNever) return at;
  const TimeDelta beyond = at.time_since_epoch() % grid;
  return beyond == TimeDelta{} ? at : at + (grid - beyond);
}

// The nearest one, for what comes again and again: its turns are a little late, and would be later
// with each.
constexpr Timestamp NearestOnGrid(Timestamp at, TimeDelta grid = kDeadlineGrid) {
  return OnDeadlineGrid(at - grid / 2, grid);
}

}  // namespace stellwerk
