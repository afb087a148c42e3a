#include "rtc/producer/receive_statistics.h"

#include <algorithm>
#include <cstdlib>

namespace stellwerk {

void ReceiveStatistics::OnPacket(ExtendedSeqNum seq, bool restarted, RtpTimestamp timestamp,
                                 Timestamp arrival) {
  if (!started_ || restarted) {
    started_ = true;
    base_ = highest_ = seq.value();
    received_ = 1;
    expected_prior_ = received_prior_ = 0;
    last_timestamp_ = timestamp;
    last_arrival_ = arrival;
    return;
  }
  ++received_;
  if (seq.value() <= highest_) {
    base_ = std::min(base_, seq.value());
    return;
  }
  highest_ = seq.value();
  UpdateJitter(timestamp, arrival);
}

void ReceiveStatistics::UpdateJitter(RtpTimestamp timestamp, Timestamp arrival) {
  // RFC 3550 §6.4.1 and §A.8. Packets of one frame share a timestamp and leave as a burst: they say
  // nothing about the network.
  if (timestamp == last_timestamp_) return;
  const int64_t arrival_units = (arrival - last_arrival_).count() / 1000 * clock_rate_ / 1'000'000;
  const int64_t difference = std::abs(arrival_units - (timestamp - last_timestamp_));
  last_timestamp_ = timestamp;
  last_arrival_ = arrival;
  // A pause or a jump of the timestamps is no jitter (the same bound as libwebrtc: five seconds of
  // video).
  if (difference >= 450'000) return;
  const auto jitter = static_cast<int64_t>(jitter_q4_);
  jitter_q4_ = static_cast<uint32_t>(jitter + difference - ((jitter + 8) >> 4));
}

void ReceiveStatistics::OnSenderReport(NtpTime ntp, Timestamp arrival) {
  sender_report_ = ntp;
  sender_report_arrival_ = arrival;
}

std::optional<ReceptionReport> ReceiveStatistics::MakeReport(Timestamp now) {
  if (!started_ || received_ == received_prior_) return std::nullopt;
  ReceptionReport report;
  const int64_t expected_interval = expected() - expected_prior_;
  const int64_t lost_interval = expected_interval - (received_ - received_prior_);
  expected_prior_ = expected();
  received_prior_ = received_;
  if (expected_interval > 0 && lost_interval > 0) {
    // §A.3; all lost would be 256, which does not fit.
    report.fraction_lost =
        static_cast<uint8_t>(std::min<int64_t>(lost_interval * 256 / expected_interval, 255));
  }
  report.cumulative_lost =
      static_cast<int32_t>(std::clamp<int64_t>(cumulative_lost(), -0x800000, 0x7FFFFF));
  report.extended_highest = static_cast<uint32_t>(highest_);
  report.jitter = jitter_q4_ >> 4;
  if (sender_report_.valid()) {
    report.last_sender_report = sender_report_.Compact();
    report.delay_since_last = TimeDeltaToCompactNtp(now - sender_report_arrival_);
  }
  return report;
}

TimeDelta ReceiveStatistics::jitter() const {
  return TimeDelta(static_cast<int64_t>(jitter_q4_ >> 4) * 1'000'000'000 / clock_rate_);
}

}  // namespace stellwerk
