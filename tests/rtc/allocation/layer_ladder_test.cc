#include "rtc/allocation/layer_ladder.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/rtc/allocation/view_fixture.h"

namespace stellwerk {
namespace {

using allocation_testing::Kbps;
using allocation_testing::MakeLayer;
using allocation_testing::ThreeBySimulcast;
using testing::ElementsAre;

LayerLadder Ladder(std::vector<LayerOption> from, const ConsumerDemand& demand = {},
                   std::optional<Layer> kept = std::nullopt, DataRate kept_rate = {},
                   std::optional<Layer> best_to_resume = std::nullopt) {
  return MakeLadder({.options = from,
                     .demand = demand,
                     .kept = kept,
                     .kept_rate = kept_rate,
                     .best_to_resume = best_to_resume});
}

std::vector<int64_t> CostsOf(const LayerLadder& ladder) {
  std::vector<int64_t> costs;
  for (const LadderRung& rung : ladder.rungs) costs.push_back(rung.cost / 1000);
  return costs;
}

std::vector<int> LevelsOf(const LayerLadder& ladder) {
  std::vector<int> levels;
  for (const LadderRung& rung : ladder.rungs) levels.push_back(rung.filler ? -1 : rung.level);
  return levels;
}

TEST(LayerLadder, AQuarterOfTheFramesOfAHigherResolutionIsOnlyAFiller) {
  const LayerLadder ladder = Ladder(ThreeBySimulcast());
  EXPECT_THAT(CostsOf(ladder), ElementsAre(60, 90, 150, 200, 300, 500, 600, 900, 1500));
  EXPECT_THAT(LevelsOf(ladder), ElementsAre(0, 1, 2, -1, 3, 4, -1, 5, 6));
  EXPECT_FALSE(ladder.limited_by_demand);
}

TEST(LayerLadder, TheSmallestThatIsAsHighAsThePictureIsShownSuffices) {
  EXPECT_EQ(Ladder(ThreeBySimulcast(), {.height = 180}).rungs.back().layer, MakeLayer(0, 2));
  EXPECT_EQ(Ladder(ThreeBySimulcast(), {.height = 181}).rungs.back().layer, MakeLayer(1, 2));
  EXPECT_EQ(Ladder(ThreeBySimulcast(), {.height = 2000}).rungs.back().layer, MakeLayer(2, 2));
  EXPECT_TRUE(Ladder(ThreeBySimulcast(), {.height = 180}).limited_by_demand);
  EXPECT_FALSE(Ladder(ThreeBySimulcast(), {.height = 2000}).limited_by_demand);
}

TEST(LayerLadder, AnUnknownResolutionDoesNotLimit) {
  auto unknown = ThreeBySimulcast();
  for (LayerOption& option : unknown) option.resolution = {};
  EXPECT_EQ(Ladder(unknown, {.height = 90}).rungs.back().layer, MakeLayer(2, 2));
}

TEST(LayerLadder, LimitsHoldForSimulcastAndForSpatialLayers) {
  EXPECT_EQ(Ladder(ThreeBySimulcast(), {.max_spatial = SpatialLayer(1)}).rungs.back().layer,
            MakeLayer(1, 2));
  EXPECT_EQ(Ladder(ThreeBySimulcast(), {.max_temporal = TemporalLayer(0)}).rungs.back().layer,
            MakeLayer(2, 0));
  auto svc = ThreeBySimulcast();
  for (LayerOption& option : svc) {
    option.layer.spatial = SpatialLayer(option.layer.encoding);
    option.layer.encoding = 0;
  }
  EXPECT_EQ(Ladder(svc, {.max_spatial = SpatialLayer(1)}).rungs.back().layer.spatial,
            SpatialLayer(1));
}

TEST(LayerLadder, WithFewerLayersThanAskedForTheSmallestIsOffered) {
  std::vector<LayerOption> large = {{.layer = MakeLayer(2, 0), .rate = Kbps(1500)}};
  EXPECT_EQ(Ladder(large, {.max_spatial = SpatialLayer(0)}).rungs.front().layer, MakeLayer(2, 0));
  EXPECT_TRUE(Ladder({}).rungs.empty());
}

TEST(LayerLadder, WhatCostsMoreThanSomethingBetterIsNoChoice) {
  auto still_picture = ThreeBySimulcast();
  for (std::size_t i = 6; i < 9; ++i) still_picture[i].rate = Kbps(100 + static_cast<int64_t>(i));
  EXPECT_THAT(CostsOf(Ladder(still_picture)), ElementsAre(60, 90, 106, 107, 108));
}

TEST(LayerLadder, TheLayerThatTheSlotHasIsNotReplacedForASlightDifference) {
  auto source = ThreeBySimulcast();
  for (std::size_t i = 6; i < 9; ++i) source[i].rate = Kbps(480);
  const auto ladder = Ladder(source, {}, MakeLayer(1, 2), Kbps(500));
  EXPECT_EQ(ladder.IndexOf(MakeLayer(1, 2)), static_cast<int>(ladder.rungs.size()) - 2);
  for (std::size_t i = 6; i < 9; ++i) source[i].rate = Kbps(300);
  EXPECT_EQ(Ladder(source, {}, MakeLayer(1, 2), Kbps(500)).rungs.back().layer, MakeLayer(2, 2));
}

TEST(LayerLadder, AnUnknownRateIsNotTakenForNothing) {
  auto source = ThreeBySimulcast();
  for (std::size_t i = 3; i < 9; ++i) source[i].rate = {};
  EXPECT_THAT(CostsOf(Ladder(source)), ElementsAre(60, 90, 150, 450, 675, 1012, 3037, 4556, 6834));
  EXPECT_GT(Ladder({{.layer = {}}}).rungs.front().cost, 0);
}

TEST(LayerLadder, AnInactiveLayerIsNeverCheaperThanAnActiveOne) {
  auto source = ThreeBySimulcast();
  for (std::size_t i = 6; i < 9; ++i) {
    source[i].rate = Kbps(10);
    source[i].active = false;
  }
  const auto ladder = Ladder(source);
  EXPECT_EQ(ladder.rungs.front().cost, 60'000);
  EXPECT_EQ(ladder.rungs.back().cost, 500'000);
}

TEST(LayerLadder, WhatCanNotBeResumedIsLeftOutButTheLowest) {
  auto source = ThreeBySimulcast();
  for (std::size_t i = 0; i < 9; ++i) source[i].active = i >= 3 && i < 6;
  const auto ladder = Ladder(source, {}, std::nullopt, {}, MakeLayer(1, 2));
  EXPECT_EQ(ladder.rungs.front().layer, MakeLayer(0, 0)) << "may be asked for: it is no better";
  EXPECT_EQ(ladder.rungs.back().layer, MakeLayer(1, 2));
  EXPECT_FALSE(ladder.limited_by_demand);
}

TEST(LayerLadder, AbsurdOptionsAreSurvived) {
  std::vector<LayerOption> absurd;
  for (int i = 0; i < 300; ++i) {
    absurd.push_back(
        {.layer = {.encoding = static_cast<uint8_t>(i * 7),
                   .spatial = SpatialLayer(static_cast<uint8_t>(i * 11)),
                   .temporal = TemporalLayer(static_cast<uint8_t>(i * 13))},
         .rate = DataRate::BitsPerSecond(i % 2 == 0 ? std::numeric_limits<int64_t>::max()
                                                    : std::numeric_limits<int64_t>::min()),
         .active = i % 3 != 0});
  }
  const auto ladder = Ladder(absurd);
  ASSERT_FALSE(ladder.rungs.empty());
  EXPECT_LE(ladder.rungs.size(), LayerLadder::kMaxOptions);
  for (std::size_t i = 0; i < ladder.rungs.size(); ++i) {
    EXPECT_GT(ladder.rungs[i].cost, 0);
    EXPECT_LE(ladder.rungs[i].cost, 1'000'000'000'000);
    if (i > 0) {
      EXPECT_LT(ladder.rungs[i - 1].layer, ladder.rungs[i].layer);
    }
  }
}

}  // namespace
}  // namespace stellwerk
