#include "worker/media_clock_reader.h"

#include <chrono>
#include <ctime>

namespace stellwerk {
namespace {

TimeDelta Read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

MediaClockReader::MediaClockReader() : offset_(Read(CLOCK_REALTIME) - Read(CLOCK_MONOTONIC)) {}

Timestamp MediaClockReader::Now() const { return Timestamp(Read(CLOCK_MONOTONIC) + offset_); }

}  // namespace stellwerk
