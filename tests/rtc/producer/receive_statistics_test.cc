#include "rtc/producer/receive_statistics.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

// A packet every 20 ms, its timestamp to match.
void Receive(ReceiveStatistics& statistics, int64_t seq, TimeDelta late = {}) {
  statistics.OnPacket(ExtendedSeqNum(seq), false, RtpTimestamp(static_cast<uint32_t>(seq * 1800)),
                      kStart + milliseconds(20) * seq + late);
}

TEST(ReceiveStatisticsTest, ReportsTheShareLostSinceTheReportBefore) {
  ReceiveStatistics statistics(90'000);
  for (int seq = 0; seq < 100; ++seq) {
    if (seq % 4 != 3) Receive(statistics, seq);
  }
  auto report = statistics.MakeReport(kStart);
  ASSERT_TRUE(report);
  EXPECT_NEAR(report->fraction_lost, 64, 2);  // a quarter
  EXPECT_EQ(report->cumulative_lost, 24);     // the last one can't be known to be lost
  for (int seq = 100; seq < 200; ++seq) Receive(statistics, seq);
  report = statistics.MakeReport(kStart);
  ASSERT_TRUE(report);
  EXPECT_LE(report->fraction_lost, 3);
  EXPECT_EQ(report->extended_highest, 199U);
}

TEST(ReceiveStatisticsTest, SaysNothingWithoutPackets) {
  ReceiveStatistics statistics(90'000);
  EXPECT_FALSE(statistics.MakeReport(kStart));
  Receive(statistics, 1);
  EXPECT_TRUE(statistics.MakeReport(kStart));
  EXPECT_FALSE(statistics.MakeReport(kStart));
}

TEST(ReceiveStatisticsTest, SteadyArrivalIsNoJitterAndUnsteadyIs) {
  ReceiveStatistics steady(90'000);
  ReceiveStatistics unsteady(90'000);
  for (int seq = 0; seq < 500; ++seq) {
    Receive(steady, seq);
    Receive(unsteady, seq, milliseconds(seq % 2 == 0 ? 0 : 10));
  }
  EXPECT_EQ(steady.jitter(), TimeDelta(0));
  EXPECT_NEAR(ToMilliseconds(unsteady.jitter()), 10, 1);
}

TEST(ReceiveStatisticsTest, GivesBackTheSenderReportWithItsDelay) {
  ReceiveStatistics statistics(90'000);
  Receive(statistics, 1);
  statistics.OnSenderReport(NtpTime(0x1122334455667788), kStart);
  const auto report = statistics.MakeReport(kStart + milliseconds(500));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->last_sender_report, 0x33445566U);
  EXPECT_EQ(report->delay_since_last, 0x8000U);
}

TEST(ReceiveStatisticsTest, ARestartIsNoLoss) {
  ReceiveStatistics statistics(90'000);
  Receive(statistics, 1);
  statistics.OnPacket(ExtendedSeqNum(500'000), true, RtpTimestamp(7), kStart);
  const auto report = statistics.MakeReport(kStart);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->cumulative_lost, 0);
  EXPECT_EQ(report->fraction_lost, 0);
}

}  // namespace
}  // namespace stellwerk
