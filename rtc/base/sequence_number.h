#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "rtc/base/strong_int.h"

namespace stellwerk {

// An unsigned number that wraps around, such as an RTP sequence number or timestamp. It has no
// operator<: which of two is newer is only meaningful within half of the number space (RFC 1982).
template <typename Tag, std::unsigned_integral Rep>
class WrappingInt {
 public:
  using rep = Rep;
  using difference = std::make_signed_t<Rep>;
  constexpr WrappingInt() = default;
  constexpr explicit WrappingInt(Rep value) : value_(value) {}
  [[nodiscard]] constexpr Rep value() const { return value_; }
  friend constexpr bool operator==(WrappingInt, WrappingInt) = default;
  friend constexpr WrappingInt operator+(WrappingInt a, difference d) {
    return WrappingInt(static_cast<Rep>(a.value_ + static_cast<Rep>(d)));
  }
  // The signed distance from b to a, in -half..half-1.
  friend constexpr difference operator-(WrappingInt a, WrappingInt b) {
    return static_cast<difference>(static_cast<Rep>(a.value_ - b.value_));
  }
  // True if this number lies ahead of `other` by less than half of the number space.
  [[nodiscard]] constexpr bool IsNewerThan(WrappingInt other) const { return *this - other > 0; }

 private:
  Rep value_{};
};

using SeqNum = WrappingInt<struct SeqNumTag, uint16_t>;
using RtpTimestamp = WrappingInt<struct RtpTimestampTag, uint32_t>;
// A sequence number whose wrap-arounds have been counted: ordered, never wraps.
using ExtendedSeqNum = StrongInt<struct ExtendedSeqNumTag, int64_t>;

constexpr SeqNum ToSeqNum(ExtendedSeqNum extended) {
  return SeqNum(static_cast<uint16_t>(extended.value() & 0xFFFF));
}

// Counts wrap-arounds: turns each number into the 64-bit one nearest to the newest seen so far.
// Trivially copyable, so that it can be part of a stream's persistent state.
template <typename Wrapping>
class Unwrapper {
 public:
  // The first number keeps its value. A number from before the first one may come out negative.
  int64_t Unwrap(Wrapping number) {
    const int64_t result = Peek(number);
    if (!has_last_ || result > last_) last_ = result;
    has_last_ = true;
    return result;
  }
  // The same without remembering `number`: for numbers that are not authenticated yet.
  [[nodiscard]] int64_t Peek(Wrapping number) const {
    if (!has_last_) return static_cast<int64_t>(number.value());
    return last_ + (number - Wrapping(static_cast<typename Wrapping::rep>(last_)));
  }

 private:
  int64_t last_ = 0;
  bool has_last_ = false;
};

}  // namespace stellwerk
