#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/rtcp/receiver_report.h"
#include "rtc/rtcp/sender_report.h"
#include "tests/rtc/hex.h"
#include "tests/rtc/rtcp/serialized.h"

namespace stellwerk {
namespace {

using testing::ElementsAreArray;

// Both from Chromium 156.
constexpr auto kSenderReport = "80c80006 81bd62e5 eeacc347311d3671 a60310f8 000000ba 0001cde3";
constexpr auto kReceiverReport =
    "81c90007 81bd62e5 8d237bcf cb000043 00007708 00000028 00000000 00000000";

TEST(SenderReport, ReadsAndWritesThatOfChromium) {
  const auto bytes = FromHex(kSenderReport);
  const auto report = ParseOnly<SenderReport>(bytes);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->sender, Ssrc(0x81BD62E5));
  EXPECT_EQ(report->ntp_time, NtpTime(0xEEACC347311D3671));
  EXPECT_EQ(report->rtp_timestamp, RtpTimestamp(0xA60310F8));
  EXPECT_EQ(report->packet_count, 186U);
  EXPECT_EQ(report->octet_count, 118'243U);
  EXPECT_TRUE(report->report_blocks.empty());
  EXPECT_THAT(Serialized(*report), ElementsAreArray(bytes));
}

TEST(ReceiverReport, ReadsAndWritesThatOfChromium) {
  const auto bytes = FromHex(kReceiverReport);
  const auto report = ParseOnly<ReceiverReport>(bytes);
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->report_blocks.size(), 1U);
  const ReportBlock& block = report->report_blocks[0];
  EXPECT_EQ(block.source, Ssrc(0x8D237BCF));
  EXPECT_EQ(block.fraction_lost, 0xCB);
  EXPECT_EQ(block.cumulative_lost, 0x43);
  EXPECT_EQ(block.extended_highest_sequence, 0x7708U);
  EXPECT_EQ(block.jitter, 0x28U);
  EXPECT_THAT(Serialized(*report), ElementsAreArray(bytes));
}

TEST(ReportBlock, CumulativeLossMayBeNegativeAndIsClamped) {
  ReceiverReport report{.sender = Ssrc(1), .report_blocks = {ReportBlock()}};
  report.report_blocks[0].cumulative_lost = -3;
  EXPECT_EQ(ParseOnly<ReceiverReport>(Serialized(report))->report_blocks[0].cumulative_lost, -3);
  report.report_blocks[0].cumulative_lost = 1 << 24;
  EXPECT_EQ(ParseOnly<ReceiverReport>(Serialized(report))->report_blocks[0].cumulative_lost,
            0x7FFFFF);
  report.report_blocks[0].cumulative_lost = -(1 << 24);
  EXPECT_EQ(ParseOnly<ReceiverReport>(Serialized(report))->report_blocks[0].cumulative_lost,
            -0x800000);
}

TEST(SenderReport, RoundTripWithReportBlocks) {
  SenderReport report{.sender = Ssrc(1),
                      .ntp_time = NtpTime(2),
                      .rtp_timestamp = RtpTimestamp(3),
                      .packet_count = 4,
                      .octet_count = 5,
                      .report_blocks = {}};
  for (uint32_t i = 0; i < kMaxReportBlocks; ++i) {
    report.report_blocks.push_back({.source = Ssrc(i), .last_sender_report = i * 7});
  }
  const auto parsed = ParseOnly<SenderReport>(Serialized(report));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, report);
}

TEST(Reports, ACountBeyondTheBlocksIsTruncated) {
  EXPECT_EQ(ParseOnly<ReceiverReport>(FromHex("81c90001 00000001")).error(),
            DropReason::kTruncated);
  EXPECT_EQ(ParseOnly<SenderReport>(FromHex("80c80001 00000001")).error(), DropReason::kTruncated);
}

}  // namespace
}  // namespace stellwerk
