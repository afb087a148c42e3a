#include <gtest/gtest.h>

#include <vector>

#include "tests/transport/stun/rfc5769_vectors.h"
#include "transport/stun/stun_message.h"

namespace stellwerk {
namespace {

TEST(Rfc5769Vectors, RequestIsReadAndVerified) {
  const auto message = StunMessage::Parse(kVectorRequest);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), StunClass::kRequest);
  EXPECT_EQ(message->method(), kStunBinding);
  EXPECT_EQ(message->username(), "evtj:h6vY");
  EXPECT_EQ(message->priority(), 0x6e0001ffU);
  EXPECT_EQ(message->ice_controlled(), 0x932ff9b151263b36ULL);
  EXPECT_FALSE(message->ice_controlling());
  EXPECT_FALSE(message->use_candidate());
  EXPECT_TRUE(message->has_fingerprint());
  EXPECT_TRUE(message->unknown_required().empty());
  EXPECT_TRUE(message->VerifyIntegrity(kVectorPassword));
  EXPECT_FALSE(message->VerifyIntegrity("another password"));
}

TEST(Rfc5769Vectors, V4ResponseNamesTheAddress) {
  const auto message = StunMessage::Parse(kVectorResponseV4);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), StunClass::kSuccess);
  EXPECT_EQ(message->xor_mapped_address(), SocketAddress::Parse("192.0.2.1:32853"));
  EXPECT_TRUE(message->VerifyIntegrity(kVectorPassword));
}

TEST(Rfc5769Vectors, V6ResponseNamesTheAddress) {
  const auto message = StunMessage::Parse(kVectorResponseV6);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->xor_mapped_address(),
            SocketAddress::Parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));
  EXPECT_TRUE(message->VerifyIntegrity(kVectorPassword));
}

TEST(Rfc5769Vectors, EveryFlippedBitIsNoticed) {
  for (std::size_t i = 0; i < kVectorRequest.size() * 8; ++i) {
    auto bytes = kVectorRequest;
    bytes[i / 8] ^= static_cast<uint8_t>(1U << (i % 8));
    const auto message = StunMessage::Parse(bytes);
    // A flipped length can swallow the last attributes, and a flipped type of FINGERPRINT makes it
    // another attribute; but no flip leaves both protections standing.
    EXPECT_FALSE(message && message->has_fingerprint() && message->VerifyIntegrity(kVectorPassword))
        << "bit " << i;
    const bool protected_by_integrity = i / 8 < 100;
    EXPECT_FALSE(message && protected_by_integrity && message->VerifyIntegrity(kVectorPassword))
        << "bit " << i;
  }
}

}  // namespace
}  // namespace stellwerk
