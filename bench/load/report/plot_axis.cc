#include "bench/load/report/plot_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

constexpr std::size_t kMost = 20;

bool IsRange(double low, double high) {
  return std::isfinite(low) && std::isfinite(high) && low < high && std::isfinite(high - low);
}

// Multiples of `step`; by index, for adding up would never get on where `step` is lost in a large
// value.
std::vector<double> Multiples(double step, double low, double high) {
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  for (std::size_t i = 0; i < kMost; ++i) {
    const double tick = (first + static_cast<double>(i)) * step;
    if (!(tick <= high + step * 1e-9)) break;
    ticks.push_back(tick == 0 ? 0 : tick);  // no -0
  }
  return ticks;
}

}  // namespace

std::vector<double> Ticks(double low, double high, int count) {
  if (!IsRange(low, high)) return {};
  const double rough = (high - low) / std::max(count, 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  if (!std::isfinite(power) || power <= 0) return {};
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= power * factor * (1 + 1e-9)) return Multiples(power * factor, low, high);
  }
  return Multiples(power * 10, low, high);
}

std::vector<double> TimeTicks(double low, double high, int count) {
  constexpr std::array<double, 14> kSteps = {1,   2,   5,   10,   15,   30,   60,
                                             120, 300, 600, 1200, 1800, 3600, 7200};
  if (!IsRange(low, high)) return {};
  const double rough = (high - low) / std::max(count, 1);
  const auto* const step = std::ranges::lower_bound(kSteps, rough);
  return step == kSteps.end() ? Ticks(low, high, count) : Multiples(*step, low, high);
}

std::vector<double> LogarithmicTicks(double low, double high) {
  if (!IsRange(low, high) || low <= 0) return {};
  if (high / low < 8) return Ticks(low, high, 4);  // as good as linear
  const double first = std::floor(std::log10(low));
  const double powers = std::ceil(std::log10(high)) - first;
  const double stride = powers > 8 ? std::ceil(powers / 8) : 1;
  std::vector<double> ticks;
  for (double power = first; power <= first + powers; power += stride) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = std::pow(10, power) * factor;
      const bool shown = factor == 1 || powers <= 3;
      if (shown && tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::string TickText(FigureUnit unit, double value) {
  if (value == 0) return "0";
  if (unit == FigureUnit::kMilliseconds && std::abs(value) >= 999.5) {
    return FormatNumber(value / 1000) + " s";
  }
  return FormatValue(unit, value);
}

}  // namespace stellwerk::load
