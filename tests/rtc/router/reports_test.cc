#include "rtc/producer/source_clock.h"
#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ProducerId kVideo{7};
constexpr ProducerId kAudio{8};
constexpr Ssrc kAudioSlotSsrc{8000};

class ReportsTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 1));
    AddProducer(kAudio, AudioProducer("1"));
  }
  void SendSenderReport(Ssrc ssrc, NtpTime ntp, uint32_t timestamp) {
    DeliverRtcp<SenderReport>(kPublisher, [&](SenderReport& report) {
      report.sender = ssrc;
      report.ntp_time = ntp;
      report.rtp_timestamp = RtpTimestamp(timestamp);
    });
  }
  Vp8Sender video_ = Sender(kVideo, "0");
  OpusSender audio_{kAudio.value(), "1", 600, 3'000'000'000};
};

TEST_F(ReportsTest, ASenderReportWithCnameFollowsASwitchAtOnceAndThenEachSecond) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  DiscardOutput();
  Deliver(video_.Frame(0, true, 0, 1));
  ASSERT_THAT(out_.rtcp, SizeIs(1));
  const auto compound = ParseRtcp(out_.rtcp[0].bytes);
  ASSERT_TRUE(compound);
  ASSERT_THAT(compound->messages, SizeIs(2));
  const auto& report = std::get<SenderReport>(compound->messages[0]);
  EXPECT_EQ(report.sender, kSlotSsrc);
  EXPECT_EQ(report.ntp_time, ToNtp(now_));
  EXPECT_EQ(report.packet_count, 1U);
  EXPECT_EQ(report.rtp_timestamp, TakeRtp()[0].view().timestamp());
  EXPECT_EQ(std::get<Sdes>(compound->messages[1]).chunks[0].Find(SdesType::kCname), "room");
  DiscardOutput();
  Wait(seconds(10));
  EXPECT_THAT(TakeRtcp<SenderReport>(kSubscriber),
              testing::SizeIs(testing::AllOf(testing::Ge(9U), testing::Le(11U))));
}

TEST_F(ReportsTest, AudioAndVideoOfOnePublisherStayInStepThoughItsClockIsWrong) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  AddSlot(ConsumerId(2), AudioSlot(kAudioSlotSsrc, "a0"), kAudio);
  const TimeDelta wrong = std::chrono::hours(-7);
  // Video leaves 70 ms after its capture, audio 5 ms.
  const Timestamp start = now_;
  const auto at = [&](TimeDelta since) { Wait(start + since - now_); };
  at(milliseconds(5));
  Deliver(audio_.Packet(0));
  at(milliseconds(70));
  const auto video_base = RtpPacketView::Parse(video_.Frame(0, true, 0, 1)[0])->timestamp().value();
  Deliver(video_.Frame(0, true, 0, 1));
  at(milliseconds(1000));
  SendSenderReport(audio_.ssrc(), ToNtp(now_ + wrong - milliseconds(10)),
                   3'000'000'000U + 48 * 990);
  at(milliseconds(1100));
  SendSenderReport(video_.ssrc(), ToNtp(now_ + wrong - milliseconds(10)), video_base + 90 * 1090);
  at(milliseconds(2005));
  Deliver(audio_.Packet(48 * 2000));
  at(milliseconds(2070));
  Deliver(video_.Frame(90 * 2000, false, 0, 1));
  std::optional<uint32_t> audio_timestamp;
  std::optional<uint32_t> video_timestamp;
  for (const Received& packet : TakeRtp()) {
    (packet.view().ssrc() == kSlotSsrc ? video_timestamp : audio_timestamp) = packet.timestamp();
  }
  ASSERT_TRUE(audio_timestamp && video_timestamp);
  DiscardOutput();
  Wait(milliseconds(1200));
  // What a receiver works out: the NTP time of the two moments of capture, which were one.
  std::optional<Timestamp> captured[2];
  for (const SenderReport& report : TakeRtcp<SenderReport>(kSubscriber)) {
    const bool is_video = report.sender == kSlotSsrc;
    const auto units =
        RtpTimestamp(is_video ? *video_timestamp : *audio_timestamp) - report.rtp_timestamp;
    captured[is_video ? 1 : 0] = Timestamp(NtpDifference(report.ntp_time, ToNtp(Timestamp()))) +
                                 StreamClock::UnitsToTime(units, is_video ? 90'000 : 48'000);
  }
  ASSERT_TRUE(captured[0] && captured[1]);
  EXPECT_LE(std::abs(ToMilliseconds(*captured[0] - *captured[1])), 5);
}

TEST_F(ReportsTest, ThePublisherHearsOfLossWithLsrAndDlsr) {
  Deliver(video_.Frame(0, true, 0, 1));
  video_.Frame(3000, false, 0, 1);
  Deliver(video_.Frame(6000, false, 0, 1));
  Deliver(video_.Frame(9000, false, 0, 1));
  SendSenderReport(video_.ssrc(), NtpTime(0x0000123456780000), 0);
  const Timestamp reported = now_;
  DiscardOutput();
  Wait(milliseconds(1200));
  std::vector<ReportBlock> blocks;
  for (const auto& report : TakeRtcp<ReceiverReport>(kPublisher)) {
    blocks.insert(blocks.end(), report.report_blocks.begin(), report.report_blocks.end());
  }
  ASSERT_THAT(blocks, SizeIs(1));
  EXPECT_EQ(blocks[0].source, video_.ssrc());
  EXPECT_EQ(blocks[0].cumulative_lost, 1);
  EXPECT_EQ(blocks[0].fraction_lost, 64);
  EXPECT_EQ(blocks[0].last_sender_report, 0x12345678U);
  EXPECT_GT(blocks[0].delay_since_last_sender_report, 0U);
  EXPECT_LE(blocks[0].delay_since_last_sender_report, TimeDeltaToCompactNtp(now_ - reported));
}

TEST_F(ReportsTest, AReferenceTimeIsAnswered) {
  DeliverRtcp<Xr>(kSubscriber, [](Xr& xr) {
    xr.sender = Ssrc(4242);
    xr.receiver_reference_time = NtpTime(0xAABBCCDDEEFF0011);
  });
  Wait(seconds(3));
  const auto answers = TakeRtcp<Xr>(kSubscriber);
  ASSERT_THAT(answers, SizeIs(1));
  ASSERT_THAT(answers[0].dlrr, SizeIs(1));
  EXPECT_EQ(answers[0].dlrr[0].receiver, Ssrc(4242));
  EXPECT_EQ(answers[0].dlrr[0].last_receiver_report, 0xCCDDEEFFU);
  EXPECT_GT(answers[0].dlrr[0].delay, 0U);
}

TEST_F(ReportsTest, TransportFeedbackSpeaksOfEveryPacketAlsoOfUnknownStreams) {
  Deliver(video_.Frame(0, true, 0, 3));
  Vp8Sender stranger({.producer = 1, .mid = "zz", .rid = "", .ssrc = 66}, transport_seq_);
  Deliver(stranger.Frame(0, true, 0, 2));
  ++transport_seq_;  // lost
  Deliver(video_.Frame(3000, false, 0, 1));
  Wait(milliseconds(150));
  const auto feedback = TakeRtcp<TransportFeedback>(kPublisher);
  ASSERT_THAT(feedback, SizeIs(1));
  EXPECT_EQ(feedback[0].status_count, 7);
  EXPECT_THAT(feedback[0].received, SizeIs(6));
}

TEST_F(ReportsTest, TheRoundTripComesFromTheReportBlock) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  Deliver(video_.Frame(0, true, 0, 1));
  const auto reports = TakeRtcp<SenderReport>(kSubscriber);
  ASSERT_FALSE(reports.empty());
  Wait(milliseconds(200));
  ReportBlock block;
  block.source = kSlotSsrc;
  block.fraction_lost = 25;
  block.last_sender_report = reports.back().ntp_time.Compact();
  block.delay_since_last_sender_report = TimeDeltaToCompactNtp(milliseconds(140));
  DeliverReportBlock(block);
  const auto stats = router_.GetConsumerStats(ConsumerId(1), now_);
  ASSERT_TRUE(stats->round_trip_time);
  EXPECT_NEAR(ToMilliseconds(*stats->round_trip_time), 60, 1);
  EXPECT_EQ(stats->fraction_lost, 25);
}

TEST_F(ReportsTest, NothingIsSaidToATransportThatIsNotUp) {
  AddTransport(TransportId(3), false);
  AddProducer(ProducerId(9), VideoProducer("0", 1), TransportId(3));
  Vp8Sender sender({.producer = 9, .mid = "0", .rid = "", .ssrc = 5}, transport_seq_);
  Deliver(sender.Frame(0, true, 0, 1), TransportId(3));
  Wait(seconds(3));
  for (const OutgoingRtcp& rtcp : out_.rtcp) EXPECT_NE(rtcp.transport, TransportId(3));
}

TEST_F(ReportsTest, GarbageIsCountedAndChangesNothing) {
  router_.HandleRtcp(now_, kSubscriber, Bytes{0x80, 200, 0xFF, 0xFF}, out_);
  uint64_t drops = 0;
  for (std::size_t i = 0; i < kDropReasonCount; ++i)
    drops += out_.drops[static_cast<DropReason>(i)];
  EXPECT_EQ(drops, 1U);
  EXPECT_THAT(out_.rtcp, IsEmpty());
}

TEST_F(ReportsTest, ByeMakesAnEncodingInactive) {
  Deliver(video_.Frame(0, true, 0, 1));
  EXPECT_TRUE(router_.GetProducerStats(kVideo, now_)->encodings[0].active);
  DeliverRtcp<Bye>(kPublisher, [&](Bye& bye) { bye.sources.push_back(video_.ssrc()); });
  EXPECT_FALSE(router_.GetProducerStats(kVideo, now_)->encodings[0].active);
}

}  // namespace
}  // namespace stellwerk
