#pragma once

#include <string>

#include "bench/load/report/report.h"

namespace stellwerk::load {

struct TableOptions {
  bool colour = false;  // ANSI escapes, for a terminal
};

// The end of a run for a terminal: figures by group, percentiles side by side, then what stood in
// the way, the expectations, and the verdict as the last line. Figures of a group none of which was
// measured are one line with the reason.
std::string WriteTable(const Report& report, const TableOptions& options = {});

}  // namespace stellwerk::load
