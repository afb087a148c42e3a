#include "tests/sim/scenario_test.h"

namespace stellwerk::synthetic {
namespace {

TEST_P(ScenarioTest, ReachesItsBars) {
  EXPECT_THAT(MissedBars(scenario, Run()), ::testing::IsEmpty());
}

// One bottleneck of a constant rate, from a poor mobile link to a good one.
INSTANTIATE_TEST_SUITE_P(Steady, ScenarioTest,
                         ::testing::Values("constant_300k", "constant_1m", "constant_3m",
                                           "constant_10m"),
                         NameOf);

// A capacity that drops to a sixth and returns.
INSTANTIATE_TEST_SUITE_P(Changing, ScenarioTest,
                         ::testing::Values("drop", "drop_vp9_svc", "drop_nine_slots"), NameOf);

}  // namespace
}  // namespace stellwerk::synthetic
