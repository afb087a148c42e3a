#pragma once

#include <string>
#include <vector>

#include "bench/sim/figures.h"
#include "bench/sim/scenario.h"

namespace stellwerk::synthetic {

// A scenario that was run.
struct ScoredScenario {
  Scenario scenario = {};
  std::vector<Figures> calls = {};       // in the order of their seeds
  std::vector<std::string> missed = {};  // bars
};

// A line per scenario, aligned, with a legend. Of several viewers: means of ratios, the worst of
// all else; of several calls the median of that.
std::string ScorecardTable(const std::vector<ScoredScenario>& scored);
// Everything of every viewer, an entry for each call; times in seconds, rates in bit/s, shares
// 0..1, null where it was not measured.
std::string ScorecardJson(const std::vector<ScoredScenario>& scored);

}  // namespace stellwerk::synthetic
