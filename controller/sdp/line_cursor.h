#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

// Walks over the space-separated tokens of one SDP line.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) : rest_(text) {}

  // The next token; empty at the end of the line. Runs of spaces count as one.
  std::string_view Next() {
    const std::string_view token = TakeUntil(' ');
    return token;
  }
  // Up to `separator`, which is consumed too.
  std::string_view TakeUntil(char separator) {
    SkipSpaces();
    const std::size_t end = std::min(rest_.find(separator), rest_.size());
    const std::string_view token = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return token;
  }
  // All that has not been taken yet.
  std::string_view Rest() {
    SkipSpaces();
    return rest_;
  }
  [[nodiscard]] bool AtEnd() {
    SkipSpaces();
    return rest_.empty();
  }

 private:
  void SkipSpaces() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

// Decimal digits only, the whole text, within T; else nullopt.
template <std::unsigned_integral T>
std::optional<T> ParseDecimal(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A piece of foreign text for an error message: bounded, in quotes.
inline std::string Quoted(std::string_view text) {
  constexpr std::size_t kMax = 40;
  std::string out = "'";
  for (const char c : text.substr(0, kMax)) out += (c >= ' ' && c <= '~') ? c : '?';
  out += text.size() > kMax ? "...'" : "'";
  return out;
}

inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace stellwerk
