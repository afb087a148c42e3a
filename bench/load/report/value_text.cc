#include "bench/load/report/value_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "rtc/base/check.h"

namespace stellwerk::load {
namespace {

struct Scale {
  double factor = 1;
  std::string_view unit;
};

// The largest that leaves at least 1 before the point; the first if none does.
template <std::size_t kSize>
std::string Scaled(double value, const std::array<Scale, kSize>& ascending) {
  const Scale* best = &ascending.front();
  for (const Scale& scale : ascending) {
    // 999.7 would be printed as 1,000 of the smaller unit.
    if (std::abs(value) >= scale.factor * 0.9995) best = &scale;
  }
  return FormatNumber(value / best->factor) + " " + std::string(best->unit);
}

constexpr std::array<Scale, 4> kRates = {
    {{1, "bit/s"}, {1e3, "kbit/s"}, {1e6, "Mbit/s"}, {1e9, "Gbit/s"}}};
constexpr std::array<Scale, 4> kSizes = {{{1, "B"}, {1e3, "kB"}, {1e6, "MB"}, {1e9, "GB"}}};

std::string Milliseconds(double value) {
  if (std::abs(value) < 10'000) return FormatNumber(value) + " ms";
  return FormatNumber(value / 1000) + " s";
}

}  // namespace

std::string_view UnitName(FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kCount:
    case FigureUnit::kRatio:
    case FigureUnit::kFactor:
      return "1";
    case FigureUnit::kMilliseconds:
      return "ms";
    case FigureUnit::kSeconds:
      return "s";
    case FigureUnit::kBitRate:
      return "bit/s";
    case FigureUnit::kBytes:
      return "B";
    case FigureUnit::kCores:
      return "cores";
    case FigureUnit::kPixels:
      return "px";
    case FigureUnit::kPerMinute:
      return "1/min";
  }
  STELLWERK_CHECK(false);
  return {};
}

std::string FormatNumber(double value) {
  if (!std::isfinite(value)) return "n/a";
  std::array<char, 400> text{};
  if (std::abs(value) >= 1e15) {
    std::snprintf(text.data(), text.size(), "%.3g", value);
    return text.data();
  }
  const double size = std::abs(value);
  const int decimals = size >= 99.95 || size == 0 ? 0
                       : size >= 9.995            ? 1
                       : size >= 0.9995           ? 2
                                        : 3 - static_cast<int>(std::ceil(std::log10(size)));
  std::snprintf(text.data(), text.size(), "%.*f", std::min(decimals, 9), value);
  std::string digits = text.data();
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
    if (digits == "-0") digits = "0";
    return digits;
  }
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string FormatValue(FigureUnit unit, double value) {
  switch (unit) {
    case FigureUnit::kCount:
    case FigureUnit::kFactor:
      return FormatNumber(value);
    case FigureUnit::kMilliseconds:
      return Milliseconds(value);
    case FigureUnit::kSeconds:
      return FormatNumber(value) + " s";
    case FigureUnit::kRatio:
      return FormatNumber(value * 100) + " %";
    case FigureUnit::kBitRate:
      return Scaled(value, kRates);
    case FigureUnit::kBytes:
      return Scaled(value, kSizes);
    case FigureUnit::kCores:
      return FormatNumber(value) + (value == 1 ? " core" : " cores");
    case FigureUnit::kPixels:
      return FormatNumber(value) + "p";
    case FigureUnit::kPerMinute:
      return FormatNumber(value) + " /min";
  }
  STELLWERK_CHECK(false);
  return {};
}

std::string FormatClock(double seconds) {
  const auto all = static_cast<int64_t>(std::clamp(seconds, 0.0, 1e9));
  std::array<char, 64> text{};
  if (all >= 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld",
                  static_cast<long long>(all / 3600), static_cast<long long>(all / 60 % 60),
                  static_cast<long long>(all % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", static_cast<long long>(all / 60),
                  static_cast<long long>(all % 60));
  }
  return text.data();
}

}  // namespace stellwerk::load
