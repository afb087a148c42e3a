#include "rtc/audio/loudest_ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr ProducerId kAlice{1};
constexpr ProducerId kBob{2};
constexpr ProducerId kCarol{3};

// A room with two places in its ranking, whose participants speak as told.
class LoudestRankingTest : public testing::Test {
 protected:
  // Packets every 20 ms with the levels in `voices`, an update every 100 ms. Returns how often the
  // ranking changed.
  int Run(TimeDelta duration, const std::map<ProducerId, uint8_t>& voices) {
    int changes = 0;
    for (const Timestamp end = now_ + duration; now_ < end; now_ += milliseconds(20)) {
      for (const auto& [producer, level] : voices) {
        levels_.OnAudioLevel(producer, {.level = level, .voice_activity = level < 70}, now_);
      }
      if (now_.time_since_epoch() % milliseconds(100) == TimeDelta(0)) {
        changes += ranking_.Update(now_, levels_) ? 1 : 0;
      }
    }
    return changes;
  }
  void SetUp() override {
    for (const ProducerId producer : {kAlice, kBob, kCarol}) levels_.AddProducer(producer);
  }

  Timestamp now_{std::chrono::hours(24 * 20'000)};
  AudioLevelObserver levels_;
  LoudestRanking ranking_{LoudestRanking::Config{.size = 2}};
};

TEST_F(LoudestRankingTest, SilenceRanksNobody) {
  EXPECT_EQ(Run(seconds(5), {{kAlice, 127}, {kBob, 100}, {kCarol, 80}}), 0);
  EXPECT_THAT(ranking_.ranking(), IsEmpty());
}

TEST_F(LoudestRankingTest, TheFirstWordTakesAFreePlace) {
  Run(milliseconds(300), {{kBob, 30}});
  EXPECT_THAT(ranking_.ranking(), ElementsAre(kBob));
}

TEST_F(LoudestRankingTest, EqualVoicesDoNotSwap) {
  Run(seconds(1), {{kAlice, 30}, {kBob, 31}});
  int changes = 0;
  for (int i = 0; i < 20; ++i) {
    changes += Run(milliseconds(500), {{kAlice, 33}, {kBob, 30}});
    changes += Run(milliseconds(500), {{kAlice, 30}, {kBob, 33}});
  }
  EXPECT_EQ(changes, 0);
}

TEST_F(LoudestRankingTest, TheFloorPassesToWhoIsLouderForAWhile) {
  Run(seconds(1), {{kAlice, 30}, {kBob, 50}});
  EXPECT_THAT(ranking_.ranking(), ElementsAre(kAlice, kBob));
  EXPECT_EQ(Run(milliseconds(200), {{kAlice, 50}, {kBob, 30}}), 0);
  Run(seconds(1), {{kAlice, 50}, {kBob, 30}});
  EXPECT_THAT(ranking_.ranking(), ElementsAre(kBob, kAlice));
}

TEST_F(LoudestRankingTest, APauseBetweenSentencesKeepsThePlace) {
  Run(seconds(2), {{kAlice, 30}});
  EXPECT_EQ(Run(seconds(1), {{kAlice, 127}}), 0);
  EXPECT_THAT(ranking_.ranking(), ElementsAre(kAlice));
  Run(seconds(4), {{kAlice, 127}});
  EXPECT_THAT(ranking_.ranking(), IsEmpty());
}

TEST_F(LoudestRankingTest, AnotherVoiceDisplacesTheWeakestButNotTheFloor) {
  Run(seconds(1), {{kAlice, 30}, {kBob, 50}});
  Run(seconds(2), {{kAlice, 30}, {kBob, 50}, {kCarol, 35}});
  EXPECT_THAT(ranking_.ranking(), ElementsAre(kAlice, kCarol));
}

TEST_F(LoudestRankingTest, WhoLeavesLosesThePlaceAtOnce) {
  Run(seconds(1), {{kAlice, 30}, {kBob, 50}});
  levels_.RemoveProducer(kAlice);
  EXPECT_TRUE(ranking_.Update(now_, levels_));
  EXPECT_THAT(ranking_.ranking(), ElementsAre(kBob));
}

}  // namespace
}  // namespace stellwerk
