#pragma once

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "rtc/base/units.h"

namespace stellwerk::load {

// What a process and all its descendants use, from /proc.
struct ProcessUsage {
  TimeDelta cpu{};              // user and system, of those that live, since they were started
  uint64_t resident_bytes = 0;  // without what they share (RssAnon)
};

// NotFound if there is no such process, or it is somebody else's and may not be read.
absl::StatusOr<ProcessUsage> ReadProcessUsage(pid_t pid);

// The CPU time of this process so far.
TimeDelta OwnCpuTime();

}  // namespace stellwerk::load
