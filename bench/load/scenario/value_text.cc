#include "bench/load/scenario/value_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace stellwerk::load {
namespace {

Unexpected<std::string> Error(std::string_view value, const std::string& complaint) {
  return Unexpected<std::string>(Quoted(value) + " " + complaint);
}

template <typename T>
std::optional<T> ParseAll(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Not "inf", "nan" nor "1e9", which from_chars would take.
std::optional<double> ParseDecimal(std::string_view text) {
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  return ParseAll<double>(text);
}

struct Unit {
  std::string_view name;
  double factor;
};

// The number and what follows it.
std::pair<std::string_view, std::string_view> SplitUnit(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  std::string_view unit = text.substr(digits);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  return {text.substr(0, digits), unit};
}

// In the unit that has the factor 1.
template <std::size_t kCount>
std::optional<double> ParseWithUnit(std::string_view text, const std::array<Unit, kCount>& units) {
  const auto [digits, name] = SplitUnit(text);
  const auto number = ParseDecimal(digits);
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [wanted = name](const Unit& u) { return u.name == wanted; });
  if (!number || unit == units.end()) return std::nullopt;
  return *number * unit->factor;
}

// In the largest unit that has no remainder; `units` in ascending order, the first with factor 1.
template <std::size_t kCount>
std::string PrintWithUnit(int64_t value, const std::array<Unit, kCount>& units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (!unit.name.empty() && value % static_cast<int64_t>(unit.factor) == 0) best = &unit;
  }
  return std::to_string(value / static_cast<int64_t>(best->factor)) + std::string(best->name);
}

// The unnamed one is for reading.
constexpr std::array<Unit, 7> kTimeUnits = {
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr std::array<Unit, 4> kRateUnits = {
    {{"bps", 1}, {"kbps", 1e3}, {"Mbps", 1e6}, {"Gbps", 1e9}}};
// Longer ones would not be numbers of nanoseconds, or of bits, any more.
constexpr double kMaxExact = 9e15;

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

// RFC 3629 §4: how long the character is that begins `text`; zero: it is none.
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Too long a form, a surrogate, or beyond the last character.
  const bool wrong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
                     (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F);
  return wrong ? 0 : length;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Quoted(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out = "\"";
  while (!text.empty() && out.size() <= kMost) {
    const std::size_t length = Utf8Length(text);
    out += length == 0 || IsControl(text.front()) ? "?" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + (text.empty() ? "\"" : "...\"");
}

ParsedValue<int64_t> ParseWhole(std::string_view text, int64_t min, int64_t max) {
  const auto value = ParseAll<int64_t>(text);
  if (!value || *value < min || *value > max) {
    return Error(text, "is not a number in " + std::to_string(min) + ".." + std::to_string(max));
  }
  return *value;
}

ParsedValue<uint64_t> ParseSeed(std::string_view text) {
  const auto value = ParseAll<uint64_t>(text);
  if (!value) return Error(text, "is not a number in 0..18446744073709551615");
  return *value;
}

ParsedValue<double> ParseNumber(std::string_view text, double min, double max) {
  const auto value = ParseDecimal(text);
  if (!value || !(*value >= min && *value <= max)) {
    return Error(text, "is not a number in " + PrintNumber(min) + ".." + PrintNumber(max));
  }
  return *value;
}

std::string PrintNumber(double value) {
  // All decimals of the smallest double are about 1100 characters.
  std::array<char, 1200> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return error == std::errc() ? std::string(buffer.data(), end) : std::string();
}

ParsedValue<bool> ParseSwitch(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return Error(text, "is neither true nor false");
}

ParsedValue<TimeDelta> ParseDuration(std::string_view text, TimeDelta min, TimeDelta max) {
  const auto value = ParseWithUnit(text, kTimeUnits);
  if (!value || !(*value <= kMaxExact)) {
    return Error(text, "is not a duration (500ms, 15s, 2m, 1h)");
  }
  const TimeDelta duration(std::llround(*value));
  if (duration < min || duration > max) {
    return Error(text, "is not a duration in " + PrintDuration(min) + ".." + PrintDuration(max));
  }
  return duration;
}

std::string PrintDuration(TimeDelta value) {
  if (value.count() == 0) return "0s";
  return PrintWithUnit(value.count(), kTimeUnits);
}

ParsedValue<DataRate> ParseRate(std::string_view text, DataRate min, DataRate max) {
  const auto value = text == "unlimited" ? 0.0 : ParseWithUnit(text, kRateUnits);
  if (!value || !(*value <= kMaxExact)) return Error(text, "is not a rate (500kbps, 1.5Mbps)");
  const DataRate rate = DataRate::BitsPerSecond(std::llround(*value));
  if (rate < min || rate > max) {
    return Error(text, "is not a rate in " + PrintRate(min) + ".." + PrintRate(max));
  }
  return rate;
}

std::string PrintRate(DataRate value) {
  if (value.bps() == 0) return "unlimited";
  return PrintWithUnit(value.bps(), kRateUnits);
}

ParsedValue<double> ParseShare(std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto number = ParseDecimal(percent ? text.substr(0, text.size() - 1) : text);
  const double value = number.value_or(-1) / (percent ? 100 : 1);
  if (!(value >= 0 && value <= 1)) return Error(text, "is not a share in 0%..100% (5% or 0.05)");
  return value;
}

std::string PrintShare(double value) {
  // 0.07 times 100 is a little more than 7.
  std::string percent = PrintNumber(std::round(value * 1e11) / 1e9) + "%";
  // Most shares are percentages that somebody wrote; the others keep every digit.
  const auto again = ParseShare(percent);
  return again && *again == value && percent.size() < 10 ? percent : PrintNumber(value);
}

ParsedValue<std::string> ParseText(std::string_view text, std::size_t min, std::size_t max) {
  const bool control = std::any_of(text.begin(), text.end(), IsControl);
  if (control || !IsUtf8(text) || text.size() < min || text.size() > max) {
    return Error(text, "is not a text of " + std::to_string(min) + ".." + std::to_string(max) +
                           " characters on one line");
  }
  return std::string(text);
}

ParsedValue<std::size_t> ParseChoice(std::string_view text,
                                     const std::vector<std::string>& choices) {
  const auto it = std::find(choices.begin(), choices.end(), text);
  if (it != choices.end()) return static_cast<std::size_t>(it - choices.begin());
  std::string all;
  for (const std::string& choice : choices) all += (all.empty() ? "" : ", ") + choice;
  return Error(text, "is none of " + all);
}

std::optional<std::string> NearestName(std::string_view text,
                                       const std::vector<std::string>& names) {
  constexpr std::size_t kLongest = 100;
  std::optional<std::string> nearest;
  if (text.size() > kLongest) return nearest;
  // A third of the letters may be wrong, and two that have changed places.
  std::size_t best = std::max<std::size_t>(text.size() / 3, text.size() > 3 ? 2 : 1) + 1;
  for (const std::string& name : names) {
    const std::size_t distance = EditDistance(text, name);
    if (distance >= best) continue;
    best = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace stellwerk::load
