#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/ntp_time.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"

namespace stellwerk {

// How far a publisher's NTP clock is from ours. One per publisher, shared by its audio and video:
// whatever the error of the estimate is, it moves both alike, so that they stay in step. Trivially
// copyable.
class PublisherClock {
 public:
  void OnSenderReport(NtpTime ntp, Timestamp arrival);
  // Our time of the publisher's `ntp`; nullopt before the first sender report.
  [[nodiscard]] std::optional<Timestamp> ToOurs(NtpTime ntp) const;

 private:
  bool known_ = false;
  TimeDelta offset_{};  // ours - theirs, plus the shortest way here that was seen
  Timestamp updated_{};
};

// Maps one stream's RTP timestamps to our time, by its sender reports, and by the packets' arrival
// as long as there are none. Timestamps are extended (Unwrapper<RtpTimestamp>). Trivially copyable.
class StreamClock {
 public:
  explicit StreamClock(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // False if the timestamps jumped against the time of arrival: the mapping starts anew.
  bool OnPacket(int64_t timestamp, Timestamp arrival);
  void OnSenderReport(NtpTime ntp, int64_t timestamp);

  // When the sample of `timestamp` was captured; only after the first packet.
  [[nodiscard]] Timestamp TimeOf(int64_t timestamp, const PublisherClock& publisher) const;
  // The timestamp of what is captured at `time`.
  [[nodiscard]] int64_t TimestampAt(Timestamp time, const PublisherClock& publisher) const;
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] bool has_sender_report() const { return report_ntp_.valid(); }
  [[nodiscard]] uint32_t clock_rate() const { return clock_rate_; }

  // `units` of 1/rate s; exact for numbers far beyond 32 bits.
  static TimeDelta UnitsToTime(int64_t units, uint32_t rate);
  static int64_t TimeToUnits(TimeDelta time, uint32_t rate);

 private:
  struct Anchor {
    Timestamp time;
    int64_t timestamp;
  };
  [[nodiscard]] Anchor CurrentAnchor(const PublisherClock& publisher) const;

  uint32_t clock_rate_;
  bool started_ = false;
  Anchor arrival_{};  // of the packet that took the shortest way
  NtpTime report_ntp_;
  int64_t report_timestamp_ = 0;
};

}  // namespace stellwerk
