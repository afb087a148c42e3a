#pragma once

#include <string>
#include <string_view>

#include "bench/load/report/figure.h"

namespace stellwerk::load {

// As files name it: "ms", "bit/s", "1" for what has none.
std::string_view UnitName(FigureUnit unit);

// For people, in a handy unit, about three digits: "12.3 ms", "0.02 %", "2.41 Mbit/s",
// "1.3 cores", "1,204,551". `value` is finite.
std::string FormatValue(FigureUnit unit, double value);

// Three digits that count, no more decimals than needed: "0.0123", "12.3", "1,234". "n/a" for
// what is not finite.
std::string FormatNumber(double value);

// "1:05", "2:03:10".
std::string FormatClock(double seconds);

}  // namespace stellwerk::load
