#pragma once

#include <string>
#include <vector>

#include "bench/load/report/figure.h"

namespace stellwerk::load {

// Where an axis has its marks: values within [low, high], ascending, at most 20. Empty unless low <
// high, both finite.

// Multiples of 1, 2 or 5 times a power of ten, about `count`.
std::vector<double> Ticks(double low, double high, int count);
// Seconds: whole seconds, minutes, hours, about `count`.
std::vector<double> TimeTicks(double low, double high, int count);
// 1, 2, 5 of each power of ten; of many powers these alone, or some of them; of
// less than one those of Ticks(). `low` is above 0.
std::vector<double> LogarithmicTicks(double low, double high);

// A mark's text: as FormatValue, but "0" without a unit, and 1,000 ms as "1 s".
std::string TickText(FigureUnit unit, double value);

}  // namespace stellwerk::load
