#include "rtc/rtp/rtx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/rtp/rtp_packet_view.h"
#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

TEST(Rtx, UnwrapsToTheLostPacketInPlace) {
  // Marker, CSRC and an extension; OSN 0x1234; 3 bytes of padding.
  auto bytes = FromHex("b1e10007 00000064 0000cafe 00000009 bede0001 310001 00 1234 aabbcc 000003");
  const auto size = UnwrapRtx(bytes, Ssrc(0xBEEF), PayloadType(96));
  ASSERT_TRUE(size.has_value());
  const auto packet = RtpPacketView::Parse(std::span(bytes).first(*size));
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->ssrc(), Ssrc(0xBEEF));
  EXPECT_EQ(packet->payload_type(), PayloadType(96));
  EXPECT_EQ(packet->sequence_number(), SeqNum(0x1234));
  EXPECT_EQ(packet->timestamp(), RtpTimestamp(100));
  EXPECT_TRUE(packet->marker());
  EXPECT_EQ(packet->csrc(0), Ssrc(9));
  EXPECT_EQ(packet->padding_size(), 0U);
  EXPECT_TRUE(packet->FindExtension(ExtensionId(3)).has_value());
  EXPECT_THAT(packet->payload(), ElementsAre(0xAA, 0xBB, 0xCC));
}

TEST(Rtx, APayloadWithoutOriginalSequenceNumberIsTruncated) {
  EXPECT_EQ(RtxPayload::Parse(FromHex("12")).error(), DropReason::kTruncated);
  auto padding_only = FromHex("a0610007 00000064 0000cafe 0002");
  EXPECT_EQ(UnwrapRtx(padding_only, Ssrc(1), PayloadType(96)).error(), DropReason::kTruncated);
}

TEST(Rtx, AnEmptyOriginalPayloadIsAllowed) {
  const auto payload = RtxPayload::Parse(FromHex("ffff"));
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->original_sequence_number, SeqNum(0xFFFF));
  EXPECT_TRUE(payload->original_payload.empty());
}

TEST(Rtx, WritesTheOriginalSequenceNumber) {
  std::array<uint8_t, 2> bytes{};
  ByteWriter out(bytes);
  WriteOriginalSequenceNumber(out, SeqNum(0x1234));
  EXPECT_THAT(bytes, ElementsAre(0x12, 0x34));
}

}  // namespace
}  // namespace stellwerk
