#pragma once

#include <string>

#include "bench/load/report/report.h"

namespace stellwerk::load {

// One page that needs nothing else: no script, no reference to anything outside, plots inline;
// light or dark as the reader's browser is set.
std::string WriteHtml(const Report& report);

}  // namespace stellwerk::load
