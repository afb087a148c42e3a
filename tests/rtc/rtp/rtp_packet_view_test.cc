#include "rtc/rtp/rtp_packet_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

std::vector<uint8_t> Bytes(std::optional<std::span<const uint8_t>> view) {
  return view ? std::vector<uint8_t>(view->begin(), view->end()) : std::vector<uint8_t>{};
}

// Sent by Chromium 156: Opus with transport-cc (3), MID (4) and audio level (1).
constexpr auto kChromiumOpus = "90ef23a67224523ea534a717 bede0002 310001 4030 10aa 00 7804ea6f";
// Sent by Chromium 156: VP8 simulcast with a Dependency Descriptor too long for the one-byte form.
constexpr auto kChromiumVp8TwoByte =
    "90e05c9450382c7d2ffbb3da 1000000b 0203d7e951 03020003 040131 0a016d"
    "0d0100 0c17c000018002044eaaaf2860414d34538a0940404fc02cc000 10b013009d012a4001b400";

TEST(RtpPacketView, ReadsAnOpusPacketOfChromium) {
  const auto bytes = FromHex(kChromiumOpus);
  const auto packet = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->payload_type(), PayloadType(111));
  EXPECT_TRUE(packet->marker());
  EXPECT_EQ(packet->sequence_number(), SeqNum(0x23A6));
  EXPECT_EQ(packet->timestamp(), RtpTimestamp(0x7224523E));
  EXPECT_EQ(packet->ssrc(), Ssrc(0xA534A717));
  EXPECT_EQ(packet->csrc_count(), 0U);
  EXPECT_EQ(packet->header_size(), 24U);
  EXPECT_EQ(packet->padding_size(), 0U);
  EXPECT_THAT(packet->payload(), ElementsAre(0x78, 0x04, 0xEA, 0x6F));
  EXPECT_THAT(Bytes(packet->FindExtension(ExtensionId(3))), ElementsAre(0, 1));
  EXPECT_THAT(Bytes(packet->FindExtension(ExtensionId(4))), ElementsAre('0'));
  EXPECT_THAT(Bytes(packet->FindExtension(ExtensionId(1))), ElementsAre(0xAA));
  EXPECT_FALSE(packet->FindExtension(ExtensionId(2)).has_value());
}

TEST(RtpPacketView, ReadsTheTwoByteFormOfChromium) {
  const auto bytes = FromHex(kChromiumVp8TwoByte);
  const auto packet = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_THAT(Bytes(packet->FindExtension(ExtensionId(2))), ElementsAre(0xD7, 0xE9, 0x51));
  EXPECT_THAT(Bytes(packet->FindExtension(ExtensionId(10))), ElementsAre('m'));
  const auto empty = packet->FindExtension(ExtensionId(13));
  ASSERT_TRUE(empty.has_value() && empty->size() == 1);
  EXPECT_EQ(packet->FindExtension(ExtensionId(12))->size(), 0x17U);
  std::vector<int> ids;
  packet->ForEachExtension([&](ExtensionId id, auto) { ids.push_back(id.value()); });
  EXPECT_THAT(ids, ElementsAre(2, 3, 4, 10, 13, 12));
  EXPECT_EQ(packet->payload()[0], 0x10);
}

TEST(RtpPacketView, StripsPaddingOfAPaddingOnlyPacket) {
  auto bytes = FromHex("b06f23a77224523ea534a717 bede0002 40303100 02000000");
  bytes.resize(bytes.size() + 50);
  bytes.back() = 50;
  const auto packet = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->padding_size(), 50U);
  EXPECT_TRUE(packet->payload().empty());
}

TEST(RtpPacketView, TakesCiphertextForNoPadding) {
  // What looks like the size of the padding is encrypted: here more than there is, and none.
  for (const uint8_t last : {uint8_t{200}, uint8_t{0}}) {
    const std::vector<uint8_t> packet = {0xA0, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, last};
    EXPECT_FALSE(RtpPacketView::Parse(packet));
    const auto view = RtpPacketView::ParseProtected(packet);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->has_padding());
    EXPECT_EQ(view->padding_size(), 0U);
    EXPECT_EQ(view->payload().size(), 4U);
    EXPECT_EQ(view->ssrc(), Ssrc(3));
  }
}

TEST(RtpPacketView, ReadsContributingSources) {
  const auto bytes = FromHex("82600001 00000002 00000003 aabbccdd 11223344 ff");
  const auto packet = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(packet.has_value());
  ASSERT_EQ(packet->csrc_count(), 2U);
  EXPECT_EQ(packet->csrc(0), Ssrc(0xAABBCCDD));
  EXPECT_EQ(packet->csrc(1), Ssrc(0x11223344));
  EXPECT_THAT(packet->payload(), ElementsAre(0xFF));
}

TEST(RtpPacketView, EveryTruncationOfTheHeaderIsAnError) {
  const auto bytes = FromHex(kChromiumOpus);
  for (std::size_t size = 0; size < 24; ++size) {
    const auto packet = RtpPacketView::Parse(std::span(bytes).first(size));
    ASSERT_FALSE(packet.has_value()) << size;
    EXPECT_EQ(packet.error(), DropReason::kTruncated);
  }
  EXPECT_TRUE(RtpPacketView::Parse(std::span(bytes).first(24)).has_value());
}

TEST(RtpPacketView, RejectsOtherVersionsAndImpossiblePadding) {
  EXPECT_EQ(RtpPacketView::Parse(FromHex("40600001 00000002 00000003")).error(),
            DropReason::kMalformed);
  EXPECT_EQ(RtpPacketView::Parse(FromHex("a0600001 00000002 00000003")).error(),
            DropReason::kMalformed);
  EXPECT_EQ(RtpPacketView::Parse(FromHex("a0600001 00000002 00000003 00")).error(),
            DropReason::kMalformed);
  EXPECT_EQ(RtpPacketView::Parse(FromHex("a0600001 00000002 00000003 0003")).error(),
            DropReason::kMalformed);
}

TEST(RtpPacketView, ABrokenElementEndsTheSearchButNotThePacket) {
  // The second element claims 16 bytes of the 3 that are left.
  const auto bytes = FromHex("90600001 00000002 00000003 bede0002 10aa 2f 0102030405 99");
  const auto packet = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_TRUE(packet->FindExtension(ExtensionId(1)).has_value());
  EXPECT_FALSE(packet->FindExtension(ExtensionId(2)).has_value());
  EXPECT_THAT(packet->payload(), ElementsAre(0x99));
}

TEST(RtpPacketView, IdFifteenStopsTheOneByteForm) {
  const auto bytes = FromHex("90600001 00000002 00000003 bede0001 f0aa10bb");
  const auto packet = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_FALSE(packet->FindExtension(ExtensionId(15)).has_value());
  EXPECT_FALSE(packet->FindExtension(ExtensionId(1)).has_value());
}

TEST(RtpPacketView, AnExtensionOfAnotherProfileIsSkipped) {
  const auto bytes = FromHex("90600001 00000002 00000003 abcd0001 10aa0000 77");
  const auto packet = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_FALSE(packet->FindExtension(ExtensionId(1)).has_value());
  EXPECT_THAT(packet->payload(), ElementsAre(0x77));
}

}  // namespace
}  // namespace stellwerk
