#include "tests/transport/ice/ice_lite_fixture.h"

namespace stellwerk {
namespace {

TEST_F(IceLiteTest, GoneThirtySecondsAfterTheLastCheck) {
  Check(a_, {.use_candidate = true});
  Advance(5s);
  Check(a_);
  Advance(9s);
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  Advance(1s);
  EXPECT_EQ(agent_.state(), IceState::kDisconnected);
  Advance(20s - 1ns);
  EXPECT_EQ(agent_.state(), IceState::kDisconnected);
  Advance(1ns);
  EXPECT_EQ(agent_.state(), IceState::kGone);
  EXPECT_FALSE(agent_.selected());
  EXPECT_EQ(agent_.NextTimeout(), kNever);
}

TEST_F(IceLiteTest, ComesBackFromDisconnected) {
  Check(a_, {.use_candidate = true});
  Advance(29s);
  ASSERT_EQ(agent_.state(), IceState::kDisconnected);
  Check(a_);
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  Advance(9s);
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  EXPECT_EQ(agent_.selected(), a_);
}

TEST_F(IceLiteTest, OneTurnOfTheLoopLooksAfterThePeersThatCameAboutThen) {
  now_ += 3ms;
  Check(a_, {.use_candidate = true});
  EXPECT_EQ(agent_.NextTimeout(), now_ - 3ms + 10s + 25ms);
}

TEST_F(IceLiteTest, ForgedChecksDoNotKeepAPeerAlive) {
  Check(a_, {.use_candidate = true});
  for (int i = 0; i < 30; ++i) {
    Advance(1s);
    Check(a_, {.password = "a guess of 22 letters.."});
  }
  EXPECT_EQ(agent_.state(), IceState::kGone);
}

TEST_F(IceLiteTest, NobodyEverCame) {
  Advance(20s);
  agent_.SetRemote({.ufrag = "peer", .pwd = "the peer's password...."}, now_);
  Advance(29s);
  EXPECT_EQ(agent_.state(), IceState::kNew);
  Advance(1s);
  EXPECT_EQ(agent_.state(), IceState::kGone);
}

TEST_F(IceLiteTest, OnePathExpiresWhileAnotherLives) {
  Check(a_, {.use_candidate = true});
  for (int i = 0; i < 50; ++i) {
    Advance(1s);
    Check(b_);
  }
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  EXPECT_EQ(agent_.selected(), b_)
      << "30 s without consent on the selected path: nothing is sent there";
  EXPECT_THAT(changes_.removed, testing::ElementsAre(a_));
}

TEST_F(IceLiteTest, ChecksDoNotMoveTheDeadline) {
  Check(a_);
  const Timestamp deadline = agent_.NextTimeout();
  Advance(3s);
  Check(a_);
  EXPECT_EQ(agent_.NextTimeout(), deadline);
}

}  // namespace
}  // namespace stellwerk
