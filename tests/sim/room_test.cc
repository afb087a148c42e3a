#include "tests/sim/scenario_test.h"

namespace stellwerk::synthetic {
namespace {

TEST_P(ScenarioTest, ReachesItsBars) {
  EXPECT_THAT(MissedBars(scenario, Run()), ::testing::IsEmpty());
}

// Many viewers, and slots that change.
INSTANTIATE_TEST_SUITE_P(Room, ScenarioTest,
                         ::testing::Values("twenty_links", "two_hundred_join", "switching",
                                           "switching_vp9_svc", "switching_av1_svc"),
                         NameOf);

}  // namespace
}  // namespace stellwerk::synthetic
