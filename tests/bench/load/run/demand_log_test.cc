#include "bench/load/run/demand_log.h"

#include <gtest/gtest.h>

namespace stellwerk::load {
namespace {

using namespace std::chrono_literals;
using synthetic::ShownLayer;

constexpr Timestamp At(TimeDelta time) { return Timestamp(1000s) + time; }
int HeightOf(uint32_t /*source*/, const Layer& layer) { return 180 << layer.encoding; }
ShownLayer Shown(TimeDelta since, uint32_t source, uint8_t encoding) {
  return {.since = At(since),
          .source = source,
          .layer = {.encoding = encoding},
          .decodable = At(since)};
}

TEST(DemandLogTest, TellsTheTimeInTheExpectedHeight) {
  DemandLog log;
  log.Expect(At(0s), 720);
  const std::vector<ShownLayer> shown = {Shown(1s, 7, 0), Shown(3s, 7, 2)};
  const LayerTally tally = log.Compare(shown, At(11s), HeightOf);
  EXPECT_EQ(tally.watched, 10s);
  EXPECT_EQ(tally.as_expected, 8s);
  EXPECT_EQ(tally.by_height, (std::map<int, TimeDelta>{{180, 2s}, {720, 8s}}));
  EXPECT_TRUE(tally.switches.empty());
}

TEST(DemandLogTest, TimesASwitchToAnotherHeight) {
  DemandLog log;
  log.Expect(At(0s), 720);
  log.Expect(At(5s), 180);
  const std::vector<ShownLayer> shown = {Shown(1s, 7, 2), Shown(5s + 40ms, 7, 0)};
  const LayerTally tally = log.Compare(shown, At(6s), HeightOf);
  EXPECT_EQ(tally.switches.count(), 1);
  EXPECT_NEAR(static_cast<double>(tally.switches.max().count()), 40e6, 0.4e6);
  EXPECT_EQ(tally.watched - tally.as_expected, 40ms);
}

TEST(DemandLogTest, WantsTheRightPerson) {
  DemandLog log;
  log.Expect(At(0s), 720, 7);
  log.Expect(At(5s), 720, 9);
  const std::vector<ShownLayer> shown = {Shown(0s, 7, 2), Shown(5s + 300ms, 9, 2)};
  const LayerTally tally = log.Compare(shown, At(10s), HeightOf);
  EXPECT_EQ(tally.as_expected, 10s - 300ms);
  EXPECT_EQ(tally.switches.count(), 1);
}

TEST(DemandLogTest, DoesNotCountASwitchThatWasNotNeededOrNeverCame) {
  DemandLog log;
  log.Expect(At(0s), 720, 7);
  log.Expect(At(2s), 720);  // anybody
  log.Expect(At(4s), 360);
  const std::vector<ShownLayer> shown = {Shown(0s, 7, 2)};
  EXPECT_TRUE(log.Compare(shown, At(6s), HeightOf).switches.empty());
}

TEST(DemandLogTest, ExpectsNothingOfATileThatIsOff) {
  DemandLog log;
  log.Expect(At(0s), 180);
  log.Expect(At(1s), 0);
  const std::vector<ShownLayer> shown = {Shown(0s, 7, 0)};
  EXPECT_EQ(log.Compare(shown, At(9s), HeightOf).watched, 1s);
}

}  // namespace
}  // namespace stellwerk::load
