#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "bench/sim/scenario.h"

namespace stellwerk::synthetic {

// All scenarios, each with the seed and the bars that it is run with.
[[nodiscard]] std::vector<Scenario> AllScenarios();
[[nodiscard]] std::optional<Scenario> FindScenario(std::string_view name);

}  // namespace stellwerk::synthetic
