#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "bench/sim/figures.h"
#include "bench/sim/recording.h"
#include "bench/sim/scenario_table.h"

namespace stellwerk::synthetic {

// Runs scenarios of the table by name. STELLWERK_SIM_SEED replaces a scenario's seed: the same seed
// runs the same call, another one is another try.
class ScenarioTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto found = FindScenario(GetParam());
    ASSERT_TRUE(found.has_value()) << GetParam();
    scenario = *found;
    if (const char* seed = std::getenv("STELLWERK_SIM_SEED")) {
      scenario.seed = std::stoull(seed);
    }
    std::cout << scenario.name << ": seed " << scenario.seed << "\n";
  }
  Scenario scenario;
};

inline std::string NameOf(const ::testing::TestParamInfo<const char*>& info) { return info.param; }

}  // namespace stellwerk::synthetic
