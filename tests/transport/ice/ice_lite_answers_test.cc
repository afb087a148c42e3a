#include "tests/transport/ice/ice_lite_fixture.h"

namespace stellwerk {
namespace {

TEST_F(IceLiteTest, AnswersAnAuthenticCheckWithTheAddressItCameFrom) {
  Check(a_);
  const auto answer = Answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(out_.datagrams.front().tuple, a_);
  EXPECT_EQ(answer->message_class(), StunClass::kSuccess);
  EXPECT_EQ(answer->transaction_id(), StunMessage::Parse(request_)->transaction_id());
  EXPECT_EQ(answer->xor_mapped_address(), a_.remote);
  EXPECT_TRUE(answer->VerifyIntegrity("a password of 22 chars"));
  EXPECT_TRUE(answer->has_fingerprint());
  EXPECT_THAT(changes_.added, testing::ElementsAre(a_));
  EXPECT_EQ(agent_.state(), IceState::kConnected);
}

TEST_F(IceLiteTest, WrongPasswordGets401AndChangesNothing) {
  Check(a_, {.password = "some other password...."});
  EXPECT_EQ(Answer()->error_code(), kStunUnauthenticated);
  EXPECT_FALSE(Answer()->has_integrity());
  EXPECT_FALSE(agent_.selected());
  EXPECT_TRUE(changes_.empty());
  EXPECT_EQ(agent_.state(), IceState::kNew);
  EXPECT_EQ(out_.drops[DropReason::kStunBadIntegrity], 1U);
}

TEST_F(IceLiteTest, UnknownRequiredAttributeGets420) {
  Check(a_, {.unknown_attribute = 0x7ABC});
  EXPECT_EQ(Answer()->error_code(), kStunUnknownAttribute);
  EXPECT_FALSE(agent_.selected());
}

TEST_F(IceLiteTest, PeerThatClaimsToBeControlledGets487) {
  Check(a_, {.claims_controlled = true});
  EXPECT_EQ(Answer()->error_code(), kStunRoleConflict);
  EXPECT_TRUE(Answer()->VerifyIntegrity("a password of 22 chars"));
  EXPECT_FALSE(agent_.selected());
  Check(a_, {.claims_controlled = false});
  EXPECT_EQ(agent_.selected(), a_);
}

TEST_F(IceLiteTest, ErrorsAreNeverLargerThanTheRequest) {
  for (const bool fingerprint : {false, true}) {
    for (CheckOptions options :
         {CheckOptions{.password = "wrong"}, CheckOptions{.username = "x:y"},
          CheckOptions{.unknown_attribute = 0x7ABC}, CheckOptions{.claims_controlled = true},
          CheckOptions{.username = "", .password = std::nullopt}}) {
      options.fingerprint = fingerprint;
      Check(a_, options);
      for (const auto& datagram : out_.datagrams)
        EXPECT_LE(datagram.packet.size(), request_.size());
    }
  }
}

TEST_F(IceLiteTest, RequestTooSmallForAnErrorGetsNone) {
  std::vector<uint8_t> bytes(kStunHeaderSize);
  const StunWriter writer(bytes, StunClass::kRequest, kStunBinding, StunTransactionId{1});
  agent_.HandleStun(now_, a_, *StunMessage::Parse(bytes), changes_, out_);
  EXPECT_TRUE(out_.datagrams.empty());
}

TEST_F(IceLiteTest, AnswersToQuestionsNeverAskedAreCounted) {
  std::vector<uint8_t> bytes(128);
  StunWriter writer(bytes, StunClass::kSuccess, kStunBinding, StunTransactionId{1});
  writer.AddMessageIntegrity("a password of 22 chars");
  bytes.resize(writer.Finish());
  agent_.HandleStun(now_, a_, *StunMessage::Parse(bytes), changes_, out_);
  EXPECT_TRUE(out_.datagrams.empty());
  EXPECT_EQ(out_.drops[DropReason::kStunUnexpected], 1U);
}

}  // namespace
}  // namespace stellwerk
