#pragma once

#include <string_view>
#include <vector>

#include "bench/load/report/figure.h"

namespace stellwerk::load {

// A line of a table: one figure, or the percentiles of one thing side by side.
struct FigureRow {
  std::string_view label;
  FigureGroup group{};
  std::vector<const FigureKind*> kinds = {};  // ascending percentiles; at least one

  [[nodiscard]] bool percentiles() const { return !kinds.front()->percentile.empty(); }
};

// The whole catalogue, in its order.
std::vector<FigureRow> FigureRows();

// The percentiles that occur in `group`, ascending: the columns of its table.
std::vector<std::string_view> PercentilesOf(FigureGroup group);

// Of `row`, that of `percentile`; null if it has none.
const FigureKind* FindPercentile(const FigureRow& row, std::string_view percentile);

}  // namespace stellwerk::load
