#include "bench/load/run/ramp.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace stellwerk::load {
namespace {

std::string WhyNot(const Report& report) {
  if (!report.valid()) return report.invalid.front();
  for (const ExpectationResult& result : report.expectations) {
    if (!result.passed) return result.expectation.text + ": " + result.found;
  }
  return {};
}

std::size_t NextStep(const RampOptions& options, std::size_t passed, std::size_t failed) {
  if (failed == 0) return std::min(std::max(options.first, passed * 2), options.most);
  return passed + (failed - passed + 1) / 2;
}

bool IsCloseEnough(const RampOptions& options, std::size_t passed, std::size_t failed) {
  if (failed == 0) return passed == options.most;
  const auto gap = static_cast<double>(failed - passed);
  return gap <= std::max(1.0, options.precision * static_cast<double>(passed));
}

}  // namespace

absl::StatusOr<Report> FindLimit(const RampOptions& options, const RunStep& run) {
  std::vector<RampStep> steps;
  std::optional<Report> best;
  std::size_t passed = 0;
  std::size_t failed = 0;  // 0: none yet
  bool interrupted = false;
  while (!interrupted && !IsCloseEnough(options, passed, failed)) {
    const std::size_t participants = NextStep(options, passed, failed);
    auto report = run(participants);
    if (!report.ok()) return report.status();
    interrupted = report->interrupted;
    const bool ok = report->passed() && !interrupted;
    steps.push_back({.participants = static_cast<int>(participants),
                     .valid = report->valid(),
                     .passed = ok,
                     .why = interrupted ? "interrupted" : WhyNot(*report)});
    (ok ? passed : failed) = participants;
    if (ok || !best) best = *std::move(report);
  }
  best->ramp = std::move(steps);
  if (passed > 0) best->ramp_limit = static_cast<int>(passed);
  return *std::move(best);
}

}  // namespace stellwerk::load
