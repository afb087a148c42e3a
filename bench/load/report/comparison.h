#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/load/report/figure.h"
#include "bench/load/report/report.h"

namespace stellwerk::load {

// One figure in several reports.
struct ComparedFigure {
  const FigureKind* kind = nullptr;
  std::vector<Value> values = {};                  // one for each report
  std::vector<std::optional<double>> ratios = {};  // to the first; none of it or of nothing
};

// Figures that at least one report has.
std::vector<ComparedFigure> CompareFigures(std::span<const Report> reports);
// "A", "B", ..., "Z", then "27", ...
std::string LetterOf(std::size_t report);
// What lessens the comparison, in words: other scenarios, invalid or interrupted runs.
std::vector<std::string> Reservations(std::span<const Report> reports);

// Side by side, with ratios to the first, for a terminal and as a page like WriteHtml's.
std::string WriteComparison(std::span<const Report> reports);
std::string WriteComparisonHtml(std::span<const Report> reports);

}  // namespace stellwerk::load
