#include "bench/load/report/expectation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "bench/load/report/figure.h"
#include "bench/load/report/report.h"
#include "bench/load/report/value_text.h"
#include "rtc/base/check.h"

namespace stellwerk::load {
namespace {

struct UnitFactor {
  std::string_view name;
  double factor = 1;  // to the figure's own unit
};

constexpr std::array<UnitFactor, 3> kInMilliseconds = {{{"us", 1e-3}, {"ms", 1}, {"s", 1e3}}};
constexpr std::array<UnitFactor, 3> kInSeconds = {{{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}}};
constexpr std::array<UnitFactor, 1> kInParts = {{{"%", 0.01}}};
constexpr std::array<UnitFactor, 4> kInBitsPerSecond = {
    {{"bps", 1}, {"kbps", 1e3}, {"Mbps", 1e6}, {"Gbps", 1e9}}};
constexpr std::array<UnitFactor, 4> kInBytes = {{{"B", 1}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}}};

std::span<const UnitFactor> UnitsOf(FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kMilliseconds:
      return kInMilliseconds;
    case FigureUnit::kSeconds:
      return kInSeconds;
    case FigureUnit::kRatio:
    case FigureUnit::kFactor:
      return kInParts;
    case FigureUnit::kBitRate:
      return kInBitsPerSecond;
    case FigureUnit::kBytes:
      return kInBytes;
    case FigureUnit::kCount:
    case FigureUnit::kCores:
    case FigureUnit::kPixels:
    case FigureUnit::kPerMinute:
      return {};
  }
  STELLWERK_CHECK(false);
  return {};
}

// Longer ones before those that they begin with.
constexpr std::array<std::pair<std::string_view, Comparison>, 5> kOperators = {{
    {"<=", Comparison::kLessOrEqual},
    {">=", Comparison::kGreaterOrEqual},
    {"==", Comparison::kEqual},
    {"<", Comparison::kLess},
    {">", Comparison::kGreater},
}};

std::string WithoutSpaces(std::string_view text) {
  std::string rest;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') rest += c;
  }
  return rest;
}

absl::Status Wrong(const std::string& text, const std::string& why) {
  return absl::InvalidArgumentError("expectation \"" + text + "\": " + why);
}

std::string UnknownKey(const std::string& key) {
  const std::string_view nearest = NearestFigureKey(key);
  return "there is no figure \"" + key + "\"" +
         (nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?");
}

std::string WrongUnit(const std::string& unit, const FigureKind& kind) {
  std::string known;
  for (const UnitFactor& factor : UnitsOf(kind.unit)) {
    known += (known.empty() ? "" : ", ") + std::string(factor.name);
  }
  return "\"" + unit + "\" is no unit of " + std::string(kind.key) + ", which takes " +
         (known.empty() ? "a plain number" : known);
}

absl::StatusOr<Expectation> ParseOne(const std::string& text) {
  if (text.empty()) return Wrong(text, "is empty; write it like join_p95<300ms");
  const std::size_t at = text.find_first_of("<>=");
  const std::string key = text.substr(0, at);
  const FigureKind* const kind = FindFigure(key);
  if (kind == nullptr) return Wrong(text, UnknownKey(key));
  const std::string_view rest = std::string_view(text).substr(std::min(at, text.size()));
  const auto* const used = std::ranges::find_if(
      kOperators, [rest](const auto& entry) { return rest.starts_with(entry.first); });
  if (used == kOperators.end()) return Wrong(text, "needs one of < <= > >= ==");

  const std::string_view number = rest.substr(used->first.size());
  double limit = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), limit);
  if (error != std::errc() || !std::isfinite(limit)) {
    return Wrong(text, "\"" + std::string(number) + "\" is no number");
  }
  const std::string unit(end, number.data() + number.size());
  if (!unit.empty()) {
    const auto units = UnitsOf(kind->unit);
    const auto found = std::ranges::find(units, unit, &UnitFactor::name);
    if (found == units.end()) return Wrong(text, WrongUnit(unit, *kind));
    limit *= found->factor;
  }
  return Expectation{.key = key, .comparison = used->second, .limit = limit, .text = text};
}

bool Holds(const Expectation& expectation, double value) {
  // 0.1 % written in a file is not quite 0.001.
  const bool equal = std::abs(value - expectation.limit) <=
                     1e-12 * std::max(std::abs(value), std::abs(expectation.limit));
  switch (expectation.comparison) {
    case Comparison::kLess:
      return value < expectation.limit && !equal;
    case Comparison::kLessOrEqual:
      return value < expectation.limit || equal;
    case Comparison::kGreater:
      return value > expectation.limit && !equal;
    case Comparison::kGreaterOrEqual:
      return value > expectation.limit || equal;
    case Comparison::kEqual:
      return equal;
  }
  STELLWERK_CHECK(false);
  return false;
}

// Not rounded to what was asked for.
std::string Found(const FigureKind& kind, double value, double limit) {
  std::string text = FormatValue(kind.unit, value);
  if (value != limit && text == FormatValue(kind.unit, limit)) {
    const double shown = kind.unit == FigureUnit::kRatio ? value * 100 : value;
    std::array<char, 64> exact{};
    std::snprintf(exact.data(), exact.size(), "%.9g", shown);
    const std::string_view unit =
        kind.unit == FigureUnit::kRatio ? std::string_view("%") : UnitName(kind.unit);
    text = exact.data() + (unit == "1" ? "" : " " + std::string(unit));
  }
  return text;
}

}  // namespace

absl::StatusOr<std::vector<Expectation>> ParseExpectations(std::string_view text) {
  std::vector<Expectation> parsed;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    auto one = ParseOne(WithoutSpaces(text.substr(at, comma - at)));
    if (!one.ok()) return one.status();
    parsed.push_back(*std::move(one));
    at = comma + 1;
  }
  return parsed;
}

std::vector<ExpectationResult> Evaluate(const std::vector<Expectation>& expectations,
                                        const Report& report) {
  std::vector<ExpectationResult> results;
  for (const Expectation& expectation : expectations) {
    const FigureKind* const kind = FindFigure(expectation.key);
    STELLWERK_CHECK(kind != nullptr);
    const Value value = report.Get(expectation.key);
    ExpectationResult result{.expectation = expectation};
    if (value.value) {
      result.passed = Holds(expectation, *value.value);
      result.found = Found(*kind, *value.value, expectation.limit);
    } else {
      result.found = "n/a: " + value.reason;
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace stellwerk::load
