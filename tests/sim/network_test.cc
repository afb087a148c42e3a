#include "tests/sim/scenario_test.h"

namespace stellwerk::synthetic {
namespace {

TEST_P(ScenarioTest, ReachesItsBars) {
  EXPECT_THAT(MissedBars(scenario, Run()), ::testing::IsEmpty());
}

// Loss that is no sign of congestion.
INSTANTIATE_TEST_SUITE_P(Lossy, ScenarioTest,
                         ::testing::Values("loss_2", "loss_5", "loss_10", "loss_10_both_ways",
                                           "burst_loss"),
                         NameOf);

// Delays and rates that move.
INSTANTIATE_TEST_SUITE_P(Unsteady, ScenarioTest,
                         ::testing::Values("jitter_50ms", "reordering", "mobile"), NameOf);

// Queues of all kinds, and others in them.
INSTANTIATE_TEST_SUITE_P(Queues, ScenarioTest,
                         ::testing::Values("bufferbloat", "codel", "policer", "cross_traffic",
                                           "feedback_loss"),
                         NameOf);

}  // namespace
}  // namespace stellwerk::synthetic
