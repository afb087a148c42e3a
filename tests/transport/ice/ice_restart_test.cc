#include "tests/transport/ice/ice_lite_fixture.h"

namespace stellwerk {
namespace {

const CheckOptions kNew = {
    .username = "newer:peer2", .password = "the second password too", .priority = 1};

class IceRestartTest : public IceLiteTest {
 protected:
  void Restart() {
    agent_.Restart({.ufrag = "newer", .pwd = "the second password too"},
                   {.ufrag = "peer2", .pwd = "the peer's second passwd"}, now_, changes_);
  }
};

TEST_F(IceRestartTest, OldCredentialsHoldUntilTheFirstCheckWithTheNew) {
  Check(a_, {.use_candidate = true});
  Restart();
  Check(a_);
  EXPECT_EQ(Answer()->message_class(), StunClass::kSuccess);
  EXPECT_TRUE(changes_.retired_ufrags.empty());
  Check(b_, kNew);
  EXPECT_EQ(Answer()->message_class(), StunClass::kSuccess);
  EXPECT_THAT(changes_.retired_ufrags, testing::ElementsAre("ours"));
  Check(a_);
  EXPECT_EQ(Answer()->error_code(), kStunUnauthenticated);
}

TEST_F(IceRestartTest, MediaStaysOnTheOldPathUntilANominationWhateverItsPriority) {
  Check(a_, {.priority = 1000, .use_candidate = true});
  Restart();
  EXPECT_EQ(agent_.selected(), a_);
  Check(b_, kNew);
  EXPECT_EQ(agent_.selected(), a_);
  CheckOptions nominating = kNew;
  nominating.use_candidate = true;
  Check(b_, nominating);
  EXPECT_EQ(agent_.selected(), b_);
}

TEST_F(IceRestartTest, ForgedCheckWithTheNewUfragDoesNotRetireTheOld) {
  Restart();
  CheckOptions forged = kNew;
  forged.password = "not the second password";
  Check(a_, forged);
  EXPECT_TRUE(changes_.retired_ufrags.empty());
  Check(a_);
  EXPECT_EQ(Answer()->message_class(), StunClass::kSuccess);
}

TEST_F(IceRestartTest, SecondRestartForgetsTheOldestCredentials) {
  Restart();
  agent_.Restart({.ufrag = "third", .pwd = "the third of passwords.."}, {}, now_, changes_);
  EXPECT_THAT(changes_.retired_ufrags, testing::ElementsAre("ours"));
  Check(a_, kNew);
  EXPECT_EQ(Answer()->message_class(), StunClass::kSuccess);
}

}  // namespace
}  // namespace stellwerk
