#include <cmath>
#include <random>

#include "tests/rtc/allocation/view_fixture.h"

namespace stellwerk {
namespace {

using allocation_testing::Kbps;
using allocation_testing::MakeLayer;
using allocation_testing::milliseconds;
using allocation_testing::seconds;
using allocation_testing::View;

TEST(Steadiness, AShortDipIsRiddenOut) {
  View view;
  view.AddSlot();
  view.Run(seconds(10), Kbps(1600));
  view.Run(milliseconds(400), Kbps(1300));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(2, 2));
  view.Run(seconds(1), Kbps(1600));
  EXPECT_EQ(view[0].changes, 1);
  view.Run(milliseconds(700), Kbps(1300));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(2, 1)) << "no more than a dip";
}

TEST(Steadiness, AFallBeyondADipTakesEffectAtOnce) {
  View view;
  view.AddSlots(4);
  view.Run(seconds(10), Kbps(6000));
  view.Allocate(Kbps(1000));
  EXPECT_LE(view.result().allocated, Kbps(1000));
  EXPECT_GE(view.result().allocated, Kbps(900));
}

TEST(Steadiness, ALittleTooMuchIsSentWithoutEnd) {
  View view;
  view.AddSlot();
  view.Run(seconds(10), Kbps(1600));
  view.Run(seconds(60), Kbps(1440));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(2, 2));
  EXPECT_EQ(view[0].changes, 1);
}

TEST(Steadiness, AKeyframeDoesNotCostTheLayer) {
  View view;
  auto& slot = view.AddSlot();
  view.Run(seconds(10), Kbps(1600));
  for (int i = 0; i < 10; ++i) {
    slot.options[8].rate = Kbps(2200);
    view.Run(seconds(1), Kbps(1600));
    slot.options[8].rate = Kbps(1500);
    view.Run(seconds(4), Kbps(1600));
  }
  EXPECT_EQ(slot.changes, 1);
}

TEST(Steadiness, ASourceThatGrewDearerForGoodIsReduced) {
  View view;
  auto& slot = view.AddSlot();
  view.Run(seconds(10), Kbps(1600));
  slot.options[8].rate = Kbps(2600);
  view.Run(seconds(10), Kbps(1600));
  EXPECT_LT(view.TargetOf(0), MakeLayer(2, 2));
}

TEST(Steadiness, TheLowestLayerStaysLonger) {
  View view;
  view.AddSlot();
  view.Run(seconds(5), Kbps(70));
  ASSERT_EQ(view.TargetOf(0), MakeLayer(0, 0));
  view.Run(seconds(60), Kbps(50));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(0, 0)) << "the only picture";
  view.Run(seconds(2), Kbps(40));
  EXPECT_EQ(view.TargetOf(0), std::nullopt);
  view.Run(milliseconds(800), Kbps(70));
  EXPECT_EQ(view.TargetOf(0), std::nullopt);
  view.Run(milliseconds(500), Kbps(70));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(0, 0));
}

// What an estimator does at a full link: it rises, finds the queue growing, and falls.
TEST(Steadiness, ASawtoothOfFifteenPerCentHardlyMovesNineSlots) {
  View view;
  view.AddSlots(9);
  view.Run(seconds(10), Kbps(4000));
  const int before = view.ResolutionChanges();
  int64_t allocated = 0;
  int rounds = 0;
  for (int tooth = 0; tooth < 20; ++tooth) {
    for (int step = 0; step < 60; ++step) {
      view.Run(milliseconds(100), Kbps(3500 + 10 * step));
      allocated += view.result().allocated.bps();
      ++rounds;
    }
  }
  const int changes = view.ResolutionChanges() - before;
  std::cout << "changes of resolution in 120 s: " << changes << ", mean allocated "
            << allocated / rounds / 1000 << " kbit/s\n";
  EXPECT_LE(changes, 20) << "less than one in a minute for each slot";
  EXPECT_GE(allocated / rounds, Kbps(3500).bps());
}

TEST(Steadiness, NoisyRatesDoNotSwapPlacesAmongEquals) {
  const uint32_t seed = 7;
  std::mt19937 random(seed);
  View view;
  view.AddSlots(9);
  view.Run(seconds(10), Kbps(5000));
  const int before = view.ResolutionChanges();
  for (int i = 0; i < 600; ++i) {
    for (std::size_t slot = 0; slot < 9; ++slot) {
      const auto clean = allocation_testing::ThreeBySimulcast();
      for (std::size_t option = 0; option < clean.size(); ++option) {
        view[slot].options[option].rate = DataRate::BitsPerSecond(
            clean[option].rate.bps() * static_cast<int64_t>(90 + random() % 21) / 100);
      }
    }
    view.Run(milliseconds(100), Kbps(5000));
  }
  const int changes = view.ResolutionChanges() - before;
  std::cout << "changes of resolution in 60 s of noise: " << changes << "\n";
  EXPECT_LE(changes, 9) << "seed " << seed;
}

TEST(Steadiness, AStepUpThatDoesNotLastIsRetriedEverMoreRarely) {
  AllocationConfig config;
  config.filler_below = 1;  // they are the nearest steps
  View view(config);
  view.AddSlot();
  view.Run(seconds(30), Kbps(480));
  const int before = view.ResolutionChanges();
  // A link that breaks down whenever the better layer is sent.
  for (int i = 0; i < 1200; ++i) {
    const bool high = view.TargetOf(0) && view.TargetOf(0)->encoding == 2;
    view.Run(milliseconds(100), Kbps(high ? 560 : 700));
  }
  const int changes = view.ResolutionChanges() - before;
  std::cout << "changes of resolution in 120 s: " << changes << "\n";
  EXPECT_GE(changes, 4);
  EXPECT_LE(changes, 40);
}

TEST(Steadiness, AReductionDelaysAReturnOnlyWhileItIsFresh) {
  for (const TimeDelta reduced_for : {seconds(3), seconds(12)}) {
    SCOPED_TRACE(ToMilliseconds(reduced_for));
    View view;
    view.AddSlot();
    view.Run(seconds(12), Kbps(2000));
    view.Run(reduced_for, Kbps(400));
    ASSERT_EQ(view.TargetOf(0), MakeLayer(1, 1));
    view.Run(milliseconds(200), Kbps(2000));
    EXPECT_NE(view.TargetOf(0), MakeLayer(2, 2));
    view.Run(milliseconds(400), Kbps(2000));
    EXPECT_EQ(view.TargetOf(0) == MakeLayer(2, 2), reduced_for == seconds(12));
    view.Run(milliseconds(600), Kbps(2000));
    EXPECT_EQ(view.TargetOf(0), MakeLayer(2, 2));
  }
}

// The first slots have the link for themselves until the others are there.
TEST(Steadiness, WhatOneGivesUpForNewcomersIsNoReductionThatDelaysAReturn) {
  View view;
  view.AddSlot();
  view.Allocate(Kbps(500));
  ASSERT_GE(view.TargetOf(0), MakeLayer(1, 0));
  for (int i = 0; i < 8; ++i) {
    view.AddSlot();
    view.Allocate(Kbps(500));
  }
  ASSERT_LT(view.TargetOf(0), MakeLayer(1, 0));
  // Just enough for all, and not more.
  view.Run(milliseconds(500), Kbps(14'000));
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(view.TargetOf(i), MakeLayer(2, 2)) << i;
}

TEST(Steadiness, WhereThereIsMuchMoreThanIsWantedNobodyWaits) {
  View view;
  view.AddSlots(9);
  view.Run(milliseconds(200), Kbps(500));
  view.Allocate(Kbps(20'000));
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(view.TargetOf(i), MakeLayer(2, 2)) << i;
}

TEST(Steadiness, WhatWasNeverShownWasNotTakenAway) {
  View view;
  view.AddSlots(3);
  for (std::size_t i = 0; i < 3; ++i) view[i].switches = false;
  view.Run(milliseconds(200), Kbps(500));
  ASSERT_TRUE(view.TargetOf(2));
  // Voices have begun.
  view.Run(milliseconds(200), Kbps(130));
  ASSERT_FALSE(view.TargetOf(2));
  view.Allocate(Kbps(300));
  EXPECT_TRUE(view.TargetOf(2));
}

TEST(Steadiness, WhoWasReducedWaitsHoweverMuchThereIs) {
  View view;
  view.AddSlots(9);
  view.Run(seconds(10), Kbps(20'000));
  view.Run(seconds(1), Kbps(2000));
  view.Allocate(Kbps(20'000));
  EXPECT_LT(view.TargetOf(0), MakeLayer(2, 2));
}

TEST(Steadiness, AnotherSourceStartsAfresh) {
  View view;
  auto& slot = view.AddSlot();
  view.Run(seconds(10), Kbps(2000));
  view.Run(seconds(3), Kbps(400));
  ASSERT_EQ(view.TargetOf(0), MakeLayer(1, 1));
  slot.request.source = ProducerId(77);
  view.Allocate(Kbps(2000));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(2, 2)) << "no hold of the source before";
}

TEST(Steadiness, ALayerThatVanishesIsReplacedByTheNextBelow) {
  View view;
  auto& slot = view.AddSlot();
  view.Run(seconds(10), Kbps(5000));
  slot.options.resize(6);
  view.Allocate(Kbps(5000));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(1, 2));
  slot.options.erase(slot.options.begin(), slot.options.begin() + 3);
  view.Allocate(Kbps(5000));
  EXPECT_EQ(view.TargetOf(0), MakeLayer(1, 2));
}

}  // namespace
}  // namespace stellwerk
