#include "rtc/rtp/rtp_header_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/rtp_packet_view.h"
#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using testing::ElementsAreArray;

constexpr RtpHeader kOpusHeader{.payload_type = PayloadType(111),
                                .marker = true,
                                .padding = false,
                                .sequence_number = SeqNum(0x23A6),
                                .timestamp = RtpTimestamp(0x7224523E),
                                .ssrc = Ssrc(0xA534A717)};

struct Written {
  std::vector<uint8_t> bytes;
  bool ok = false;
};

Written Write(RtpHeaderWriter& header, std::size_t capacity = 500) {
  Written result{.bytes = std::vector<uint8_t>(capacity)};
  ByteWriter out(result.bytes);
  header.WriteTo(out);
  result.ok = out.ok();
  result.bytes.resize(out.size());
  return result;
}

TEST(RtpHeaderWriter, WritesWhatChromiumWrites) {
  RtpHeaderWriter header(kOpusHeader);
  EXPECT_TRUE(header.AddExtension(ExtensionId(3), FromHex("0001")));
  EXPECT_TRUE(header.AddExtension(ExtensionId(4), StreamIdentifierBytes("0").bytes()));
  EXPECT_TRUE(header.AddExtension(ExtensionId(1), FromHex("aa")));
  EXPECT_EQ(header.size(), 24U);
  EXPECT_THAT(Write(header).bytes,
              ElementsAreArray(FromHex("90ef23a67224523ea534a717bede0002310001403010aa00")));
}

TEST(RtpHeaderWriter, WithoutExtensionsThereIsNoBlock) {
  RtpHeaderWriter header(kOpusHeader);
  EXPECT_EQ(header.size(), 12U);
  EXPECT_THAT(Write(header).bytes, ElementsAreArray(FromHex("80ef23a67224523ea534a717")));
}

TEST(RtpHeaderWriter, ReportsWhereAReservedExtensionLies) {
  RtpHeaderWriter header(kOpusHeader);
  header.AddCsrc(Ssrc(0xAABBCCDD));
  header.AddExtension(ExtensionId(4), StreamIdentifierBytes("video").bytes());
  header.ReserveExtension(ExtensionId(3), 2);
  auto written = Write(header);
  ASSERT_TRUE(written.ok);
  const uint16_t offset = header.OffsetOf(ExtensionId(3));
  ASSERT_NE(offset, RtpHeaderWriter::kNoOffset);
  written.bytes[offset] = 0x12;
  written.bytes[offset + 1] = 0x34;
  const auto packet = RtpPacketView::Parse(written.bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->csrc(0), Ssrc(0xAABBCCDD));
  EXPECT_THAT(*packet->FindExtension(ExtensionId(3)), testing::ElementsAre(0x12, 0x34));
  EXPECT_EQ(ParseMid(*packet->FindExtension(ExtensionId(4))), Mid::From("video"));
  EXPECT_EQ(header.OffsetOf(ExtensionId(9)), RtpHeaderWriter::kNoOffset);
}

TEST(RtpHeaderWriter, TakesTheTwoByteFormOnlyWhenItMust) {
  struct Case {
    uint8_t id;
    std::size_t size;
    uint8_t profile;
  };
  for (const Case c : {Case{14, 16, 0xBE}, Case{15, 1, 0x10}, Case{1, 17, 0x10}, Case{1, 0, 0x10},
                       Case{255, 255, 0x10}}) {
    RtpHeaderWriter header(kOpusHeader);
    const std::vector<uint8_t> data(c.size, 0x5A);
    ASSERT_TRUE(header.AddExtension(ExtensionId(c.id), data));
    ASSERT_TRUE(header.AddExtension(ExtensionId(2), FromHex("0102")));
    const auto written = Write(header);
    EXPECT_EQ(written.bytes[12], c.profile) << int{c.id} << " " << c.size;
    EXPECT_EQ(written.bytes.size(), header.size());
    const auto packet = RtpPacketView::Parse(written.bytes);
    ASSERT_TRUE(packet.has_value());
    EXPECT_THAT(*packet->FindExtension(ExtensionId(c.id)), ElementsAreArray(data));
    EXPECT_THAT(*packet->FindExtension(ExtensionId(2)), testing::ElementsAre(1, 2));
    EXPECT_TRUE(packet->payload().empty());
  }
}

TEST(RtpHeaderWriter, RefusesWhatWasNotNegotiatedOrDoesNotFit) {
  RtpHeaderWriter header(kOpusHeader);
  EXPECT_FALSE(header.AddExtension(ExtensionId(0), FromHex("00")));
  EXPECT_FALSE(header.AddExtension(ExtensionId(1), std::vector<uint8_t>(256)));
  EXPECT_TRUE(header.AddExtension(ExtensionId(1), FromHex("00")));
  EXPECT_FALSE(header.AddExtension(ExtensionId(1), FromHex("00"))) << "twice the same id";
  EXPECT_EQ(Write(header).bytes.size(), 20U);
}

TEST(RtpHeaderWriter, ATooSmallBufferIsReported) {
  RtpHeaderWriter header(kOpusHeader);
  header.AddExtension(ExtensionId(1), FromHex("00"));
  EXPECT_FALSE(Write(header, header.size() - 1).ok);
}

}  // namespace
}  // namespace stellwerk
