#include "tests/transport/ice/ice_lite_fixture.h"

namespace stellwerk {
namespace {

TEST_F(IceLiteTest, FirstCheckedPathIsUsedUntilOneIsNominated) {
  Check(a_);
  EXPECT_EQ(agent_.selected(), a_);
  Check(b_, {.priority = 1});
  EXPECT_EQ(agent_.selected(), a_);
  Check(b_, {.priority = 1, .use_candidate = true});
  EXPECT_EQ(agent_.selected(), b_);
}

TEST_F(IceLiteTest, NominationMovesAtOnceEvenToALowerPriority) {
  Check(a_, {.priority = 200, .use_candidate = true});
  Check(b_, {.priority = 100, .use_candidate = true});
  EXPECT_EQ(agent_.selected(), b_);
  EXPECT_THAT(changes_.added, testing::ElementsAre(a_, b_));
}

TEST_F(IceLiteTest, AggressiveNominationSettlesOnTheHighestPriority) {
  for (int round = 0; round < 3; ++round) {
    Check(a_, {.priority = 200, .use_candidate = true});
    EXPECT_EQ(agent_.selected(), a_);
    Check(b_, {.priority = 100, .use_candidate = true});
    if (round > 0) {
      EXPECT_EQ(agent_.selected(), a_) << "round " << round;
    }
    Advance(1s);
  }
}

TEST_F(IceLiteTest, AggressiveNominationOfEqualsDoesNotSwing) {
  Check(a_, {.use_candidate = true});
  Check(b_, {.use_candidate = true});
  const auto settled = agent_.selected();
  for (int round = 0; round < 5; ++round) {
    Advance(1s);
    Check(a_, {.use_candidate = true});
    EXPECT_EQ(agent_.selected(), settled);
    Check(b_, {.use_candidate = true});
    EXPECT_EQ(agent_.selected(), settled);
  }
}

TEST_F(IceLiteTest, MovingBackToAnEarlierPathIsFollowedWithItsMedia) {
  Check(a_, {.priority = 200, .use_candidate = true});
  Advance(1s);
  Check(b_, {.priority = 100, .use_candidate = true});
  Advance(1s);
  Check(a_, {.priority = 200, .use_candidate = true});
  EXPECT_EQ(agent_.selected(), a_);
  Advance(1s);
  Check(b_, {.priority = 100, .use_candidate = true});
  agent_.OnMedia(now_, b_);
  EXPECT_EQ(agent_.selected(), b_);
}

TEST_F(IceLiteTest, LatePacketsOfTheOldPathDoNotUndoAMove) {
  Check(a_, {.use_candidate = true});
  Advance(1s);
  Check(b_, {.use_candidate = true});
  agent_.OnMedia(now_, a_);
  EXPECT_EQ(agent_.selected(), b_);
}

TEST_F(IceLiteTest, MediaIsFollowedWhenTheSelectedPathFellSilent) {
  Check(a_, {.use_candidate = true});
  Advance(2s);
  Check(b_);
  agent_.OnMedia(now_, b_);
  EXPECT_EQ(agent_.selected(), a_) << "two seconds are not silence yet";
  Advance(2s);
  Check(b_);
  agent_.OnMedia(now_, b_);
  EXPECT_EQ(agent_.selected(), b_);
}

TEST_F(IceLiteTest, MediaFromAnAddressThatWasNeverCheckedIsNotFollowed) {
  Check(a_, {.use_candidate = true});
  Advance(9s);
  agent_.OnMedia(now_, b_);
  EXPECT_EQ(agent_.selected(), a_);
}

TEST_F(IceLiteTest, ClosedConnectionGivesWayToAnotherPath) {
  const Tuple tcp = TupleFrom("198.51.100.1:5555", IpProtocol::kTcp);
  Check(a_);
  Check(tcp, {.use_candidate = true});
  ASSERT_EQ(agent_.selected(), tcp);
  agent_.OnTupleClosed(tcp, changes_);
  EXPECT_EQ(agent_.selected(), a_);
  EXPECT_THAT(changes_.removed, testing::ElementsAre(tcp));
}

TEST_F(IceLiteTest, PathsAreBoundedAndTheSelectedOneStays) {
  Check(a_, {.use_candidate = true});
  for (uint16_t i = 0; i < 100; ++i) {
    now_ += 1ms;
    Tuple tuple = b_;
    tuple.remote.port = static_cast<uint16_t>(3000 + i);
    Check(tuple);
  }
  EXPECT_EQ(changes_.added.size() - changes_.removed.size(), IceLite::kMaxPaths);
  EXPECT_THAT(changes_.removed, testing::Not(testing::Contains(a_)));
  EXPECT_EQ(agent_.selected(), a_);
}

}  // namespace
}  // namespace stellwerk
