#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/ntp_time.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"

namespace stellwerk {

// What one report block says about one SSRC (RFC 3550 §6.4.1), apart from the SSRC itself.
struct ReceptionReport {
  uint8_t fraction_lost = 0;    // in 1/256, since the report before
  int32_t cumulative_lost = 0;  // clamped to 24 bits
  uint32_t extended_highest = 0;
  uint32_t jitter = 0;              // in RTP timestamp units
  uint32_t last_sender_report = 0;  // compact NTP; 0 = none yet
  uint32_t delay_since_last = 0;    // in 1/65536 s
};

// Loss and jitter of one received SSRC as the network delivered it: retransmissions don't count,
// since a publisher's rate control wants to know of every loss. Trivially copyable.
class ReceiveStatistics {
 public:
  explicit ReceiveStatistics(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // Numbers as SequenceTracker extends them.
  void OnPacket(ExtendedSeqNum seq, bool restarted, RtpTimestamp timestamp, Timestamp arrival);
  void OnSenderReport(NtpTime ntp, Timestamp arrival);
  // nullopt if nothing arrived since the report before.
  std::optional<ReceptionReport> MakeReport(Timestamp now);

  [[nodiscard]] int64_t cumulative_lost() const { return expected() - received_; }
  [[nodiscard]] TimeDelta jitter() const;

 private:
  [[nodiscard]] int64_t expected() const { return started_ ? highest_ - base_ + 1 : 0; }
  void UpdateJitter(RtpTimestamp timestamp, Timestamp arrival);

  uint32_t clock_rate_;
  bool started_ = false;
  int64_t base_ = 0;
  int64_t highest_ = 0;
  int64_t received_ = 0;
  int64_t expected_prior_ = 0;
  int64_t received_prior_ = 0;
  uint32_t jitter_q4_ = 0;  // 1/16 timestamp units
  RtpTimestamp last_timestamp_;
  Timestamp last_arrival_;
  NtpTime sender_report_;
  Timestamp sender_report_arrival_;
};

}  // namespace stellwerk
