#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace stellwerk::load {

enum class Comparison { kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kEqual };

// What must hold of a run for it to pass: "join_p95<300ms".
struct Expectation {
  std::string key;
  Comparison comparison{};
  double limit = 0;  // in the figure's unit (FigureKind::unit)
  std::string text;  // as it was written, without spaces
};

struct ExpectationResult {
  Expectation expectation = {};
  bool passed = false;
  std::string found = {};  // "312 ms", or "n/a: no server pid was given"
};

// "join_p95<300ms,loss<0.1%,transit_p99<=5ms": operators < <= > >= ==; units us ms s (times), %
// (ratios; none means 0..1), bps kbps Mbps Gbps, kB MB GB (decimal), or none for the figure's own.
// The error is one line that names the part it is about.
absl::StatusOr<std::vector<Expectation>> ParseExpectations(std::string_view text);

struct Report;
// One result each. What was not measured has not been met.
std::vector<ExpectationResult> Evaluate(const std::vector<Expectation>& expectations,
                                        const Report& report);

}  // namespace stellwerk::load
