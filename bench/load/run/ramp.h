#pragma once

#include <cstddef>
#include <functional>

#include "absl/status/statusor.h"
#include "bench/load/report/report.h"

namespace stellwerk::load {

struct RampOptions {
  std::size_t first = 1;  // participants of the first step
  std::size_t most = 10'000;
  // Between the largest step that passed and the smallest that did not, as a share of the former.
  double precision = 0.05;
};

// Runs with so many participants; an error ends the ramp.
using RunStep = std::function<absl::StatusOr<Report>(std::size_t participants)>;

// Looks for the largest number of participants for which a run is valid and meets its expectations:
// doubles until one does not, then halves the gap. The report is that of the largest step that
// passed, or of the first if none did, with all steps in `ramp`.
absl::StatusOr<Report> FindLimit(const RampOptions& options, const RunStep& run);

}  // namespace stellwerk::load
