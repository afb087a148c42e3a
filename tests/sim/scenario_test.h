#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "bench/sim/figures.h"
#include "bench/sim/recording.h"
#include "bench/sim/scenario_table.h"

namespace stellwerk::synthetic {

// Runs scenarios of the table by name, all calls of each. STELLWERK_SIM_SEED replaces a scenario's
// seed, and then it is one call: the same seed runs the same again.
class ScenarioTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto found = FindScenario(GetParam());
    ASSERT_TRUE(found.has_value()) << GetParam();
    scenario = *found;
    if (const char* seed = std::getenv("STELLWERK_SIM_SEED")) {
      scenario.seed = std::stoull(seed);
      scenario.calls = 1;
    }
  }
  std::vector<Figures> Run() const {
    std::vector<Figures> calls;
    Scenario one = scenario;
    for (; one.seed < scenario.seed + scenario.calls; ++one.seed) {
      std::cout << one.name << ": seed " << one.seed << "\n";
      calls.push_back(Measure(one, RunScenario(one)));
    }
    return calls;
  }
  Scenario scenario;
};

inline std::string NameOf(const ::testing::TestParamInfo<const char*>& info) { return info.param; }

}  // namespace stellwerk::synthetic
