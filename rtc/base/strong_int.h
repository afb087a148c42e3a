#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace stellwerk {

// An integer that only mixes with its own kind: an Ssrc is not a PayloadType. `Tag` is any type,
// usually declared in place: `using Ssrc = StrongInt<struct SsrcTag, uint32_t>;`. Ordered by value,
// which is an order for containers only; numbers that wrap around are WrappingInt
// (sequence_number.h) and have no order.
template <typename Tag, typename Rep>
class StrongInt {
 public:
  using rep = Rep;
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : value_(value) {}
  [[nodiscard]] constexpr Rep value() const { return value_; }
  friend constexpr bool operator==(StrongInt, StrongInt) = default;
  friend constexpr auto operator<=>(StrongInt, StrongInt) = default;
  template <typename H>
  friend H AbslHashValue(H h, StrongInt id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  Rep value_{};
};

}  // namespace stellwerk

template <typename Tag, typename Rep>
struct std::hash<stellwerk::StrongInt<Tag, Rep>> {
  std::size_t operator()(stellwerk::StrongInt<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
