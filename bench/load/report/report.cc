#include "bench/load/report/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "bench/load/report/figure.h"
#include "rtc/base/check.h"

namespace stellwerk::load {
namespace {

double Milliseconds(TimeDelta time) { return static_cast<double>(time.count()) / 1e6; }

struct Percentile {
  std::string_view suffix;
  double share = 0;
};
constexpr std::array<Percentile, 4> kPercentiles = {
    {{"_p50", 0.5}, {"_p95", 0.95}, {"_p99", 0.99}, {"_p999", 0.999}}};

constexpr std::size_t kCurvePoints = 160;

}  // namespace

void Report::Set(std::string_view key, double value) {
  STELLWERK_CHECK(FindFigure(key) != nullptr);
  if (!std::isfinite(value)) return SetNotAvailable(key, "could not be computed");
  values.insert_or_assign(std::string(key), Value{.value = value});
}

void Report::SetNotAvailable(std::string_view key, std::string reason) {
  STELLWERK_CHECK(FindFigure(key) != nullptr);
  values.insert_or_assign(std::string(key), Value{.reason = std::move(reason)});
}

void Report::SetPercentiles(std::string_view stem, const synthetic::Distribution& distribution,
                            std::string_view reason) {
  bool known = false;
  for (const Percentile& percentile : kPercentiles) {
    const std::string key = std::string(stem) + std::string(percentile.suffix);
    if (FindFigure(key) == nullptr) continue;
    known = true;
    if (distribution.empty()) {
      SetNotAvailable(key, std::string(reason));
    } else {
      Set(key, Milliseconds(distribution.Percentile(percentile.share)));
    }
  }
  STELLWERK_CHECK(known);
}

Value Report::Get(std::string_view key) const {
  const auto found = values.find(key);
  return found == values.end() ? Value{.reason = "not measured"} : found->second;
}

void Report::AddCurve(std::string key, std::string label,
                      const synthetic::Distribution& distribution) {
  Curve curve{.key = std::move(key), .label = std::move(label)};
  for (const auto& point : distribution.Cumulative(kCurvePoints)) {
    curve.points.push_back({Milliseconds(point.value), point.share});
  }
  curves.push_back(std::move(curve));
}

void Report::AddTransit(int packets, const synthetic::Distribution& distribution) {
  if (distribution.empty()) return;
  auto& added = transit_by_packets.emplace_back();
  added.packets = packets;
  added.count = static_cast<double>(distribution.count());
  for (const auto& point : distribution.Cumulative(kCurvePoints)) {
    added.points.push_back({Milliseconds(point.value), point.share});
  }
}

bool Report::passed() const {
  return valid() && std::ranges::all_of(expectations, &ExpectationResult::passed);
}

}  // namespace stellwerk::load
