#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace stellwerk {

// A string of at most `Capacity` bytes without heap memory, so that structs with names in them stay
// trivially copyable.
template <typename Tag, std::size_t Capacity>
class InlineString {
  static_assert(Capacity <= 255);

 public:
  static constexpr std::size_t kCapacity = Capacity;

  constexpr InlineString() = default;
  // nullopt if `text` is longer than the capacity.
  [[nodiscard]] static constexpr std::optional<InlineString> From(std::string_view text) {
    if (text.size() > Capacity) return std::nullopt;
    InlineString out;
    std::copy(text.begin(), text.end(), out.bytes_.begin());
    out.size_ = static_cast<uint8_t>(text.size());
    return out;
  }
  [[nodiscard]] constexpr std::string_view view() const { return {bytes_.data(), size_}; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  friend constexpr bool operator==(const InlineString& a, const InlineString& b) {
    return a.view() == b.view();
  }
  friend constexpr auto operator<=>(const InlineString& a, const InlineString& b) {
    return a.view() <=> b.view();
  }
  template <typename H>
  friend H AbslHashValue(H h, const InlineString& s) {
    return H::combine(std::move(h), s.view());
  }

 private:
  std::array<char, Capacity> bytes_{};
  uint8_t size_ = 0;
};

}  // namespace stellwerk
