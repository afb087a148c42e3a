#include "rtc/producer/source_clock.h"

#include <algorithm>
#include <chrono>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The estimate follows the shortest way. It may grow as fast as clocks drift apart: 200 ppm.
constexpr int64_t kDriftDivisor = 5000;
// Beyond this it was not the network: the publisher's clock was set.
constexpr TimeDelta kClockStep = seconds(2);
// Timestamps that run away this far from the arrival times have jumped.
constexpr TimeDelta kTimestampJump = seconds(5);
// A sender report that contradicts the arrival times this much is wrong.
constexpr TimeDelta kReportBeyondBelief = seconds(10);

Timestamp AsIfUnix(NtpTime ntp) {
  const auto whole = static_cast<int64_t>(ntp.value() >> 32) - kNtpUnixOffsetSeconds;
  const auto rest = static_cast<int64_t>((ntp.value() & 0xFFFFFFFF) * 1'000'000'000 >> 32);
  return Timestamp(seconds(whole) + TimeDelta(rest));
}

}  // namespace

void PublisherClock::OnSenderReport(NtpTime ntp, Timestamp arrival) {
  const TimeDelta sample = arrival - AsIfUnix(ntp);
  if (!known_ || std::chrono::abs(sample - offset_) > kClockStep) {
    offset_ = sample;
  } else {
    offset_ = std::min(sample, offset_ + (arrival - updated_) / kDriftDivisor);
  }
  known_ = true;
  updated_ = arrival;
}

std::optional<Timestamp> PublisherClock::ToOurs(NtpTime ntp) const {
  if (!known_) return std::nullopt;
  return AsIfUnix(ntp) + offset_;
}

TimeDelta StreamClock::UnitsToTime(int64_t units, uint32_t rate) {
  const auto r = static_cast<int64_t>(rate);
  return seconds(units / r) + TimeDelta(units % r * 1'000'000'000 / r);
}

int64_t StreamClock::TimeToUnits(TimeDelta time, uint32_t rate) {
  const auto r = static_cast<int64_t>(rate);
  const int64_t ns = time.count();
  return ns / 1'000'000'000 * r + ns % 1'000'000'000 * r / 1'000'000'000;
}

bool StreamClock::OnPacket(int64_t timestamp, Timestamp arrival) {
  const Anchor here{.time = arrival, .timestamp = timestamp};
  if (!started_) {
    started_ = true;
    arrival_ = here;
    return true;
  }
  const TimeDelta elapsed = UnitsToTime(timestamp - arrival_.timestamp, clock_rate_);
  const TimeDelta late = arrival - (arrival_.time + elapsed);
  if (std::chrono::abs(late) > kTimestampJump) {
    arrival_ = here;
    report_ntp_ = NtpTime();
    return false;
  }
  if (late <= elapsed / kDriftDivisor) arrival_ = here;
  return true;
}

void StreamClock::OnSenderReport(NtpTime ntp, int64_t timestamp) {
  if (!ntp.valid()) return;
  report_ntp_ = ntp;
  report_timestamp_ = timestamp;
}

StreamClock::Anchor StreamClock::CurrentAnchor(const PublisherClock& publisher) const {
  if (report_ntp_.valid()) {
    if (const auto time = publisher.ToOurs(report_ntp_)) {
      const Timestamp by_arrival =
          arrival_.time + UnitsToTime(report_timestamp_ - arrival_.timestamp, clock_rate_);
      if (std::chrono::abs(*time - by_arrival) < kReportBeyondBelief) {
        return {.time = *time, .timestamp = report_timestamp_};
      }
    }
  }
  return arrival_;
}

Timestamp StreamClock::TimeOf(int64_t timestamp, const PublisherClock& publisher) const {
  const Anchor anchor = CurrentAnchor(publisher);
  return anchor.time + UnitsToTime(timestamp - anchor.timestamp, clock_rate_);
}

int64_t StreamClock::TimestampAt(Timestamp time, const PublisherClock& publisher) const {
  const Anchor anchor = CurrentAnchor(publisher);
  return anchor.timestamp + TimeToUnits(time - anchor.time, clock_rate_);
}

}  // namespace stellwerk
