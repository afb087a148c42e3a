#pragma once

#include <compare>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

// RFC 3550 §4: seconds since 1900-01-01 in 32.32 fixed point.
class NtpTime {
 public:
  constexpr NtpTime() = default;
  constexpr explicit NtpTime(uint64_t value) : value_(value) {}
  [[nodiscard]] constexpr uint64_t value() const { return value_; }
  // The middle 32 bits, as RTCP's LSR, LRR and DLRR carry them: units of 1/65536 s.
  [[nodiscard]] constexpr uint32_t Compact() const { return static_cast<uint32_t>(value_ >> 16); }
  [[nodiscard]] constexpr bool valid() const { return value_ != 0; }
  friend constexpr auto operator<=>(NtpTime, NtpTime) = default;

 private:
  uint64_t value_ = 0;
};

// RFC 868: seconds from the NTP epoch to 1970-01-01.
inline constexpr int64_t kNtpUnixOffsetSeconds = 2'208'988'800;

// MediaClock counts from 1970, so every sender report of this server lies on one NTP timeline.
constexpr NtpTime ToNtp(Timestamp time) {
  const int64_t ns = time.time_since_epoch().count();
  const auto seconds = static_cast<uint64_t>(ns / 1'000'000'000 + kNtpUnixOffsetSeconds);
  const auto rest = static_cast<uint64_t>(ns % 1'000'000'000);
  return NtpTime(seconds << 32 | (rest << 32) / 1'000'000'000);
}

// The signed time from `earlier` to `later`.
constexpr TimeDelta NtpDifference(NtpTime later, NtpTime earlier) {
  const auto difference = static_cast<int64_t>(later.value() - earlier.value());
  return TimeDelta(static_cast<int64_t>(static_cast<double>(difference) * 1e9 / 4294967296.0));
}

// A duration in RTCP's compact form (1/65536 s) to nanoseconds.
constexpr TimeDelta CompactNtpToTimeDelta(uint32_t compact) {
  return TimeDelta(static_cast<int64_t>(static_cast<uint64_t>(compact) * 1'000'000'000 >> 16));
}
constexpr uint32_t TimeDeltaToCompactNtp(TimeDelta delta) {
  return delta.count() <= 0
             ? 0
             : static_cast<uint32_t>((static_cast<uint64_t>(delta.count()) << 16) / 1'000'000'000);
}

}  // namespace stellwerk
