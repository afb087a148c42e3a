#include "bench/load/scenario/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/load/scenario/scenario.h"

namespace stellwerk::load {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Layout, OfASpeakerShowsOneLargeAndAFewSmall) {
  EXPECT_THAT(TileHeights(Layout::kSpeaker, 9), ElementsAre(720, 180, 180, 180, 180));
  EXPECT_THAT(TileHeights(Layout::kSpeaker, 3), ElementsAre(720, 180, 180));
  EXPECT_THAT(TileHeights(Layout::kSpeaker, 0), IsEmpty());
}

TEST(Layout, OfAGridShowsNoMoreThanFit) {
  EXPECT_THAT(TileHeights(Layout::k3x3, 200), AllOf(SizeIs(9), Each(360)));
  EXPECT_THAT(TileHeights(Layout::k3x3, 4), AllOf(SizeIs(4), Each(360)));
  EXPECT_THAT(TileHeights(Layout::k5x5, 200), AllOf(SizeIs(25), Each(180)));
}

TEST(Layout, OfEveryoneShowsAllAndTheMoreTheSmaller) {
  EXPECT_THAT(TileHeights(Layout::kEveryone, 1), ElementsAre(720));
  EXPECT_THAT(TileHeights(Layout::kEveryone, 4), AllOf(SizeIs(4), Each(360)));
  EXPECT_THAT(TileHeights(Layout::kEveryone, 5), AllOf(SizeIs(5), Each(240)));
  EXPECT_THAT(TileHeights(Layout::kEveryone, 16), AllOf(SizeIs(16), Each(180)));
  EXPECT_THAT(TileHeights(Layout::kEveryone, 300), AllOf(SizeIs(300), Each(90)));
}

TEST(Layout, NeedsASlotForEachTileAndForFiveVoices) {
  EXPECT_EQ(SlotsOf(Layout::k3x3, 20), (Slots{.video = 9, .audio = 5}));
  EXPECT_EQ(SlotsOf(Layout::kSpeaker, 2), (Slots{.video = 2, .audio = 2}));
  EXPECT_EQ(SlotsOf(Layout::kEveryone, 20), (Slots{.video = 20, .audio = 20}));
}

TEST(Layout, SlotsAreEnoughForWhatIsFlippedTo) {
  Scenario scenario;
  scenario.layout = Layout::kSpeaker;
  EXPECT_EQ(SlotsFor(scenario, 20).video, 5);
  scenario.layout_flip_every = std::chrono::seconds(10);
  EXPECT_EQ(SlotsFor(scenario, 20).video, 9);
  scenario.layout = Layout::k5x5;
  EXPECT_EQ(SlotsFor(scenario, 30).video, 25);
}

TEST(Layout, NoSlotsAreNeededForWhatNobodySends) {
  Scenario scenario;
  scenario.video.codec.reset();
  EXPECT_EQ(SlotsFor(scenario, 20), (Slots{.video = 0, .audio = 5}));
  scenario.audio.on = false;
  EXPECT_EQ(SlotsFor(scenario, 20), Slots());
}

TEST(Layout, FlipsToAnotherOne) {
  for (const Layout layout : kLayouts) EXPECT_NE(FlippedLayout(layout), layout);
}

}  // namespace
}  // namespace stellwerk::load
