#include <gtest/gtest.h>

#include <vector>

#include "tests/transport/stun/rfc5769_vectors.h"
#include "transport/stun/stun_message.h"
#include "transport/stun/stun_writer.h"

namespace stellwerk {
namespace {

constexpr StunTransactionId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

DropReason ReasonOf(std::span<const uint8_t> bytes) {
  const auto message = StunMessage::Parse(bytes);
  return message ? DropReason::kCount : message.error();
}

TEST(HostileStun, EveryTruncationIsRefused) {
  for (std::size_t size = 0; size < kVectorRequest.size(); ++size) {
    EXPECT_EQ(ReasonOf(std::span(kVectorRequest).first(size)), DropReason::kTruncated) << size;
  }
}

TEST(HostileStun, TrailingBytesAreRefused) {
  std::vector<uint8_t> bytes(kVectorRequest.begin(), kVectorRequest.end());
  bytes.insert(bytes.end(), 4, 0);
  EXPECT_EQ(ReasonOf(bytes), DropReason::kMalformed);
}

TEST(HostileStun, AttributeThatEndsBeyondTheMessageIsRefused) {
  std::vector<uint8_t> bytes(kVectorRequest.begin(), kVectorRequest.end());
  bytes[23] = 0xFF;  // the length of SOFTWARE
  EXPECT_EQ(ReasonOf(bytes), DropReason::kTruncated);
}

TEST(HostileStun, OversizedMessageIsRefusedBeforeAnythingIsComputed) {
  std::vector<uint8_t> bytes(kStunMaxSize + 4, 0);
  EXPECT_EQ(ReasonOf(bytes), DropReason::kTooLarge);
}

TEST(HostileStun, ShortValuesAreMalformed) {
  for (const auto type :
       {StunAttribute::kPriority, StunAttribute::kIceControlling, StunAttribute::kIceControlled,
        StunAttribute::kXorMappedAddress, StunAttribute::kErrorCode,
        StunAttribute::kMessageIntegrity, StunAttribute::kFingerprint}) {
    std::array<uint8_t, 64> buffer{};
    StunWriter writer(buffer, StunClass::kRequest, kStunBinding, kId);
    writer.AddUseCandidate();
    const std::size_t size = writer.Finish();
    buffer[20] = static_cast<uint8_t>(static_cast<uint16_t>(type) >> 8);
    buffer[21] = static_cast<uint8_t>(type);
    EXPECT_EQ(ReasonOf(std::span(buffer).first(size)), DropReason::kMalformed)
        << static_cast<int>(type);
  }
}

TEST(HostileStun, WhatFollowsIntegrityIsIgnored) {
  std::array<uint8_t, 128> buffer{};
  StunWriter writer(buffer, StunClass::kRequest, kStunBinding, kId);
  writer.AddUsername("a:b");
  writer.AddMessageIntegrity("secret");
  writer.AddUseCandidate();
  const auto message = StunMessage::Parse(std::span(buffer).first(writer.Finish()));
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->use_candidate());
  EXPECT_TRUE(message->VerifyIntegrity("secret"));
}

TEST(HostileStun, NothingMayFollowTheFingerprint) {
  std::array<uint8_t, 128> buffer{};
  StunWriter writer(buffer, StunClass::kRequest, kStunBinding, kId);
  writer.AddFingerprint();
  writer.AddUseCandidate();
  buffer[3] = 8;  // so that the fingerprint would be right
  EXPECT_NE(ReasonOf(std::span(buffer).first(writer.Finish())), DropReason::kCount);
}

TEST(HostileStun, UnknownRequiredAttributesAreListedAndBounded) {
  std::array<uint8_t, 128> buffer{};
  StunWriter writer(buffer, StunClass::kRequest, kStunBinding, kId);
  for (int i = 0; i < 9; ++i) writer.AddUseCandidate();
  const std::size_t size = writer.Finish();
  for (std::size_t i = 0; i < 9; ++i) {
    buffer[20 + 4 * i] = 0x7F;
    buffer[21 + 4 * i] = static_cast<uint8_t>(i);
  }
  const auto message = StunMessage::Parse(std::span(buffer).first(size));
  ASSERT_TRUE(message);
  ASSERT_EQ(message->unknown_required().size(), StunMessage::kMaxUnknown);
  EXPECT_EQ(message->unknown_required()[3], 0x7F03);
}

TEST(HostileStun, UnknownOptionalAttributesAreSkipped) {
  std::array<uint8_t, 64> buffer{};
  StunWriter writer(buffer, StunClass::kRequest, kStunBinding, kId);
  writer.AddUseCandidate();
  buffer[20] = 0xC0;  // e.g. libwebrtc's 0xC057 NETWORK-INFO
  buffer[21] = 0x57;
  const auto message = StunMessage::Parse(std::span(buffer).first(writer.Finish()));
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->unknown_required().empty());
}

}  // namespace
}  // namespace stellwerk
