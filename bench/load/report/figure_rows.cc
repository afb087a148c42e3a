#include "bench/load/report/figure_rows.h"

#include <algorithm>
#include <set>

namespace stellwerk::load {

std::vector<FigureRow> FigureRows() {
  std::vector<FigureRow> rows;
  for (const FigureKind& kind : FigureKinds()) {
    const bool joins = !rows.empty() && !kind.percentile.empty() && rows.back().percentiles() &&
                       rows.back().label == kind.label && rows.back().group == kind.group;
    if (!joins) rows.push_back({.label = kind.label, .group = kind.group});
    rows.back().kinds.push_back(&kind);
  }
  return rows;
}

std::vector<std::string_view> PercentilesOf(FigureGroup group) {
  std::set<std::string_view> found;  // "p50" < "p95" < "p99" < "p99.9"
  for (const FigureKind& kind : FigureKinds()) {
    if (kind.group == group && !kind.percentile.empty()) found.insert(kind.percentile);
  }
  return {found.begin(), found.end()};
}

const FigureKind* FindPercentile(const FigureRow& row, std::string_view percentile) {
  const auto found = std::ranges::find(row.kinds, percentile, &FigureKind::percentile);
  return found == row.kinds.end() ? nullptr : *found;
}

}  // namespace stellwerk::load
