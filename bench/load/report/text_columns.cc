#include "bench/load/report/text_columns.h"

#include <algorithm>

namespace stellwerk::load {
namespace {

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string Spaces(std::string_view utf8, std::size_t width) {
  const std::size_t columns = ColumnsOf(utf8);
  return std::string(width > columns ? width - columns : 0, ' ');
}

}  // namespace

std::size_t ColumnsOf(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return !Continues(c); }));
}

std::string PadRight(std::string_view utf8, std::size_t width) {
  return std::string(utf8) + Spaces(utf8, width);
}

std::string PadLeft(std::string_view utf8, std::size_t width) {
  return Spaces(utf8, width) + std::string(utf8);
}

std::string Shorten(std::string_view utf8, std::size_t width) {
  if (ColumnsOf(utf8) <= width) return std::string(utf8);
  constexpr std::string_view kDots = "...";
  if (width <= kDots.size()) return std::string(kDots.substr(0, width));
  std::size_t end = 0;
  for (std::size_t columns = 0; end < utf8.size(); ++end) {
    if (!Continues(utf8[end]) && columns++ == width - kDots.size()) break;
  }
  return std::string(utf8.substr(0, end)) + std::string(kDots);
}

std::string Printable(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // C1 controls, U+0080 to U+009F, are two bytes in UTF-8; some terminals obey them.
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      ++i;
    } else if (c == '\n' || c == '\t' || c == '\r') {
      clean += ' ';
    } else if (c >= 0x20 && c != 0x7F) {
      clean += text[i];
    }
  }
  return clean;
}

}  // namespace stellwerk::load
