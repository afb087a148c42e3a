#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>

namespace stellwerk {

using TimeDelta = std::chrono::nanoseconds;

// The clock of the media plane. It has no now(): the worker reads the time once per loop turn and
// passes it in. Its epoch is 1970-01-01 UTC as the worker saw it at its start; from there it runs
// monotonically.
struct MediaClock {
  using rep = int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<MediaClock>;
  static constexpr bool is_steady = true;
};
using Timestamp = MediaClock::time_point;

// "No deadline": what NextTimeout() returns when there is nothing to wait for.
inline constexpr Timestamp kNever = Timestamp::max();

constexpr int64_t ToMilliseconds(TimeDelta delta) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(delta).count();
}
constexpr int64_t ToMicroseconds(TimeDelta delta) {
  return std::chrono::duration_cast<std::chrono::microseconds>(delta).count();
}

// A number of bytes.
class DataSize {
 public:
  constexpr DataSize() = default;
  static constexpr DataSize Bytes(int64_t bytes) { return DataSize(bytes); }
  [[nodiscard]] constexpr int64_t bytes() const { return bytes_; }
  friend constexpr auto operator<=>(DataSize, DataSize) = default;
  friend constexpr DataSize operator+(DataSize a, DataSize b) {
    return DataSize(a.bytes_ + b.bytes_);
  }
  friend constexpr DataSize operator-(DataSize a, DataSize b) {
    return DataSize(a.bytes_ - b.bytes_);
  }
  constexpr DataSize& operator+=(DataSize b) {
    bytes_ += b.bytes_;
    return *this;
  }
  constexpr DataSize& operator-=(DataSize b) {
    bytes_ -= b.bytes_;
    return *this;
  }

 private:
  constexpr explicit DataSize(int64_t bytes) : bytes_(bytes) {}
  int64_t bytes_ = 0;
};

// Bits per second.
class DataRate {
 public:
  constexpr DataRate() = default;
  static constexpr DataRate BitsPerSecond(int64_t bps) { return DataRate(bps); }
  static constexpr DataRate KilobitsPerSecond(int64_t kbps) { return DataRate(kbps * 1000); }
  [[nodiscard]] constexpr int64_t bps() const { return bps_; }
  friend constexpr auto operator<=>(DataRate, DataRate) = default;
  friend constexpr DataRate operator+(DataRate a, DataRate b) { return DataRate(a.bps_ + b.bps_); }
  friend constexpr DataRate operator-(DataRate a, DataRate b) { return DataRate(a.bps_ - b.bps_); }
  constexpr DataRate& operator+=(DataRate b) {
    bps_ += b.bps_;
    return *this;
  }

 private:
  constexpr explicit DataRate(int64_t bps) : bps_(bps) {}
  int64_t bps_ = 0;
};

// The mean rate of `size` over `time`; `time` must be positive.
constexpr DataRate operator/(DataSize size, TimeDelta time) {
  return DataRate::BitsPerSecond(static_cast<int64_t>(static_cast<double>(size.bytes()) * 8e9 /
                                                      static_cast<double>(time.count())));
}
constexpr DataSize operator*(DataRate rate, TimeDelta time) {
  return DataSize::Bytes(static_cast<int64_t>(static_cast<double>(rate.bps()) *
                                              static_cast<double>(time.count()) / 8e9));
}

}  // namespace stellwerk
