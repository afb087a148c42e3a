#pragma once

#include <cstdint>

#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Gives a slot one continuous timestamp line. Output timestamps are a fixed linear function of the
// capture time on our timeline, whichever source is played: so the sender reports of a slot, before
// and after a switch, lie on one line, and a receiver never has to find its clock again. Within a
// run the offset to the source's timestamps is constant. Trivially copyable.
class TimestampRewriter {
 public:
  // `base` is the output timestamp at `origin`. `min_step` is the least distance, in timestamp
  // units, between the last frame of one source and the first of the next.
  TimestampRewriter(uint32_t clock_rate, uint32_t base, Timestamp origin, uint32_t min_step);

  // A run begins with the source's `timestamp`, captured at `captured`. A capture time that is out
  // of this world (against `now`) is replaced by now.
  void StartRun(int64_t timestamp, Timestamp captured, Timestamp now);
  // The same for a run that begins in the past: with frames from `first` on, which are sent
  // together now, until it has caught up with the source at `live`, captured at `captured`. What is
  // older than `live` gets timestamps from the last hundredth of a second before it, so that a
  // receiver plays it at once and not at the pace at which it was captured.
  void StartReplay(int64_t first, int64_t live, Timestamp captured, Timestamp now);
  // The output timestamp of the run's `timestamp`.
  RtpTimestamp Rewrite(int64_t timestamp);
  // The same without advancing the newest.
  [[nodiscard]] RtpTimestamp Peek(int64_t timestamp) const;
  [[nodiscard]] RtpTimestamp newest() const { return RtpTimestamp(static_cast<uint32_t>(newest_)); }

 private:
  void StartRun(int64_t timestamp, Timestamp captured, Timestamp now, int64_t min_step);
  [[nodiscard]] int64_t Output(int64_t timestamp) const {
    if (compression_ > 1 && timestamp < live_)
      timestamp = live_ - (live_ - timestamp) / compression_;
    return timestamp + offset_;
  }

  uint32_t clock_rate_;
  int64_t base_;
  Timestamp origin_;
  uint32_t min_step_;
  bool started_ = false;
  int64_t offset_ = 0;  // output - source
  int64_t newest_ = 0;  // output, extended
  // Of a replay: source timestamps before `live_` are this many times closer to it.
  int64_t live_ = 0;
  int64_t compression_ = 1;
};

}  // namespace stellwerk
