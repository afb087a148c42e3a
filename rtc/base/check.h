#pragma once

namespace stellwerk {

// Prints the broken invariant and aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace stellwerk

// An invariant of our own code, checked in release builds too. Never for input: hostile input is a
// value (DropReason).
#define STELLWERK_CHECK(condition)                     \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::stellwerk::CheckFailed(#condition, __FILE__, __LINE__))
