#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/load/scenario/scenario.h"

namespace stellwerk::load {

// A scenario of YAML text; what is not said has its default. The error is one complete line:
//   scenario.yaml:12: video.codec: "vp7" is none of vp8, vp9, av1, h264, none
absl::StatusOr<Scenario> ReadScenario(std::string_view yaml, std::string_view file_name);
// The same of a file: replayed files are found from its folder, and unless it says otherwise the
// scenario is named after it.
absl::StatusOr<Scenario> ReadScenarioFile(const std::string& path);

// All settings as YAML, which reads as the same scenario again.
std::string WriteScenario(const Scenario& scenario);

}  // namespace stellwerk::load
