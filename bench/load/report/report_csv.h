#pragma once

#include <string>

#include "bench/load/report/report.h"

namespace stellwerk::load {

// A head line, then a line per figure of the catalogue: key, label, percentile, group, unit, value
// (empty: n/a), reason. RFC 4180, but with line feeds alone; values with all their digits and a
// point.
std::string WriteCsv(const Report& report);

}  // namespace stellwerk::load
