#pragma once

#include <nlohmann/json_fwd.hpp>

#include "controller/room/stats_report.h"

namespace stellwerk {

// The `stats` message of README.md.
nlohmann::ordered_json StatsToJson(const StatsReport& report);

}  // namespace stellwerk
