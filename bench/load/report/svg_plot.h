#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/load/report/figure.h"

namespace stellwerk::load {

struct PlotPoint {
  double x = 0;
  std::optional<double> y = {};  // without one the line is broken here
};

struct PlotLine {
  std::string label = {};
  std::vector<PlotPoint> points = {};  // x ascending
};

struct Plot {
  std::string title = {};
  FigureUnit y_unit = FigureUnit::kCount;
  FigureUnit x_unit = FigureUnit::kSeconds;
  bool x_logarithmic = false;             // points at or below 0 are left out
  std::optional<double> y_least = {};     // the axis goes up to this at least; it begins at 0
  std::optional<double> y_greatest = {};  // and no further than this
  std::vector<PlotLine> lines = {};
};

// A <figure>: title, a legend if there is more than one line, an SVG as wide as its parent, values
// to be seen where the pointer rests. Its colours are classes of PageStyle(). Points that are not
// finite count as missing. Long lines are thinned, their peaks and dips kept. A plot without a
// single point says so.
std::string DrawPlot(const Plot& plot);

}  // namespace stellwerk::load
