#include "transport/stun/stun_writer.h"

#include <gtest/gtest.h>

#include "transport/stun/stun_message.h"

namespace stellwerk {
namespace {

constexpr StunTransactionId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(StunWriter, WhatIsWrittenIsRead) {
  std::array<uint8_t, 256> buffer{};
  StunWriter writer(buffer, StunClass::kRequest, kStunBinding, kId);
  writer.AddUsername("remote:local1");
  writer.AddPriority(1853824767);
  writer.AddIceControlling(0x0123456789ABCDEF);
  writer.AddUseCandidate();
  writer.AddMessageIntegrity("a password of some length");
  writer.AddFingerprint();
  const auto message = StunMessage::Parse(std::span(buffer).first(writer.Finish()));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), StunClass::kRequest);
  EXPECT_EQ(message->transaction_id(), kId);
  EXPECT_EQ(message->username(), "remote:local1");
  EXPECT_EQ(message->priority(), 1853824767U);
  EXPECT_EQ(message->ice_controlling(), 0x0123456789ABCDEFULL);
  EXPECT_TRUE(message->use_candidate());
  EXPECT_TRUE(message->has_fingerprint());
  EXPECT_TRUE(message->VerifyIntegrity("a password of some length"));
}

TEST(StunWriter, ErrorWithUnknownAttributesIsRead) {
  std::array<uint8_t, 64> buffer{};
  StunWriter writer(buffer, StunClass::kError, kStunBinding, kId);
  writer.AddErrorCode(kStunUnknownAttribute);
  writer.AddUnknownAttributes(std::array<uint16_t, 3>{1, 2, 3});
  writer.AddFingerprint();
  const auto message = StunMessage::Parse(std::span(buffer).first(writer.Finish()));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), StunClass::kError);
  EXPECT_EQ(message->error_code(), kStunUnknownAttribute);
}

TEST(StunWriter, AddressesOfBothFamiliesSurvive) {
  for (const char* text : {"203.0.113.7:65535", "[2001:db8::7]:1"}) {
    std::array<uint8_t, 64> buffer{};
    StunWriter writer(buffer, StunClass::kSuccess, kStunBinding, kId);
    writer.AddXorMappedAddress(*SocketAddress::Parse(text));
    const auto message = StunMessage::Parse(std::span(buffer).first(writer.Finish()));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->xor_mapped_address(), SocketAddress::Parse(text));
  }
}

TEST(StunWriter, EveryMethodAndClassSurvives) {
  for (uint16_t method = 0; method < 0x1000; ++method) {
    for (const auto c :
         {StunClass::kRequest, StunClass::kIndication, StunClass::kSuccess, StunClass::kError}) {
      std::array<uint8_t, 20> buffer{};
      const StunWriter writer(buffer, c, method, kId);
      const auto message = StunMessage::Parse(std::span(buffer).first(writer.Finish()));
      ASSERT_TRUE(message);
      ASSERT_EQ(message->method(), method);
      ASSERT_EQ(message->message_class(), c);
    }
  }
}

TEST(StunWriter, WhatDoesNotFitIsNotSent) {
  std::array<uint8_t, 40> buffer{};
  StunWriter writer(buffer, StunClass::kRequest, kStunBinding, kId);
  writer.AddUsername("a user name that is too long");
  writer.AddMessageIntegrity("secret");
  EXPECT_EQ(writer.Finish(), 0U);
}

}  // namespace
}  // namespace stellwerk
