#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bench/floor/floor_case.h"

namespace stellwerk::bench {

std::string_view ToString(SendPath path);
std::string_view ToString(SrtpProfile profile);
// One line on where this was measured: processor and kernel.
std::string Machine();

// For people.
std::string Table(std::span<const FloorResult> results);
// For programs: {"machine", "backend", "results": [{"network", "path", "burst", ..., "cpu_ns"}]}.
std::string Json(std::span<const FloorResult> results);

}  // namespace stellwerk::bench
