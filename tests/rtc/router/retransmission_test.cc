#include "rtc/base/ntp_time.h"
#include "rtc/consumer/retransmission_budget.h"
#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr ProducerId kVideo{7};
constexpr ConsumerId kSlot{1};

class RetransmissionTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 1));
    AddSlot(kSlot, VideoSlot(), kVideo);
  }
  void SendNack(std::vector<uint16_t> lost, Ssrc media = kSlotSsrc) {
    std::vector<SeqNum> numbers;
    for (const uint16_t number : lost) numbers.emplace_back(number);
    DeliverRtcp<Nack>(kSubscriber, [&](Nack& nack) { nack = Nack::For(Ssrc(1), media, numbers); });
  }
  // Says that the round trip is none at all.
  void ReportNoRoundTrip() {
    ReportBlock block;
    block.source = kSlotSsrc;
    block.last_sender_report = ToNtp(now_).Compact();
    DeliverReportBlock(block);
  }
  Vp8Sender sender_ = Sender(kVideo, "0");
};

TEST_F(RetransmissionTest, ComesAsRtxAndSaysWhatTheOriginalSaid) {
  Deliver(sender_.Frame(0, true, 0, 3));
  const auto originals = TakeRtp();
  SendNack({originals[1].seq()});
  const auto answers = TakeRtp();
  ASSERT_THAT(answers, SizeIs(1));
  const auto view = answers[0].view();
  EXPECT_EQ(view.ssrc(), kSlotRtxSsrc);
  EXPECT_EQ(view.payload_type(), kSlotRtxPt);
  EXPECT_EQ(view.timestamp(), originals[1].view().timestamp());
  EXPECT_EQ(view.csrc(0), originals[1].view().csrc(0));
  EXPECT_EQ(answers[0].media_class, RtpClass::kRetransmission);
  const auto rtx = RtxPayload::Parse(view.payload());
  ASSERT_TRUE(rtx);
  EXPECT_EQ(rtx->original_sequence_number.value(), originals[1].seq());
  const auto original = originals[1].view().payload();
  EXPECT_TRUE(std::equal(rtx->original_payload.begin(), rtx->original_payload.end(),
                         original.begin(), original.end()));
}

TEST_F(RetransmissionTest, IsNotRepeatedWithinARoundTrip) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto seq = TakeRtp()[0].seq();
  SendNack({seq});
  SendNack({seq});
  EXPECT_THAT(TakeRtp(), SizeIs(1));
  Wait(milliseconds(101));
  SendNack({seq});
  EXPECT_THAT(TakeRtp(), Not(IsEmpty()));
}

TEST_F(RetransmissionTest, GoesOutTwiceWhenAskedForAgain) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto seq = TakeRtp()[0].seq();
  SendNack({seq});
  EXPECT_THAT(TakeRtp(), SizeIs(1));
  Wait(milliseconds(101));
  SendNack({seq});
  const auto again = TakeRtp();
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[1].seq(), static_cast<uint16_t>(again[0].seq() + 1));
  EXPECT_THAT(again[1].view().payload(), ElementsAreArray(again[0].view().payload()));
}

TEST_F(RetransmissionTest, IsNotRepeatedAtOnceWhateverRoundTripIsReported) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto seq = TakeRtp()[0].seq();
  ReportNoRoundTrip();
  SendNack({seq});
  Wait(milliseconds(19));
  SendNack({seq});
  EXPECT_THAT(TakeRtp(), SizeIs(1));
  Wait(milliseconds(1));
  SendNack({seq});
  EXPECT_THAT(TakeRtp(), Not(IsEmpty()));
}

TEST_F(RetransmissionTest, OfEverythingAgainAndAgainIsBounded) {
  std::size_t media = 0;
  std::vector<uint16_t> all;
  const auto send = [&](uint32_t frame) {
    Wait(milliseconds(10));
    Deliver(sender_.Frame(frame * 900, frame == 0, 0, 4));
    for (const Received& packet : TakeRtp()) {
      media += packet.bytes.size();
      all.push_back(packet.seq());
    }
  };
  for (uint32_t frame = 0; frame < 128; ++frame) send(frame);
  ASSERT_THAT(all, SizeIs(512));
  ReportNoRoundTrip();
  std::size_t retransmitted = 0;
  for (int i = 0; i < 10; ++i) {
    SendNack(all);
    for (const Received& packet : TakeRtp()) retransmitted += packet.bytes.size();
    Wait(milliseconds(20));
  }
  const auto burst = static_cast<std::size_t>(RetransmissionBudget::kBurst.bytes());
  EXPECT_LE(retransmitted, burst + media / 2 + 1500);
  EXPECT_GT(router_.GetConsumerStats(kSlot, now_)->unanswered, 0U);
  // Who has something to lose is answered again.
  for (uint32_t frame = 128; frame < 138; ++frame) send(frame);
  SendNack({all.back()});
  EXPECT_THAT(TakeRtp(), SizeIs(1));
}

TEST_F(RetransmissionTest, HealsAFifthLostOnBothWays) {
  SeededRandom dice(5);
  const auto arrives = [&dice] { return dice.NextU32() % 5 != 0; };
  std::size_t media = 0;
  std::vector<uint16_t> missing;
  for (uint32_t frame = 0; frame < 1500; ++frame) {
    Deliver(sender_.Frame(frame * 3000, frame == 0, 0, 4));
    for (const Received& packet : TakeRtp()) {
      ++media;
      if (!arrives()) missing.push_back(packet.seq());
    }
    if (!missing.empty()) SendNack(missing);
    for (const Received& packet : TakeRtp()) {
      const auto rtx = RtxPayload::Parse(packet.view().payload());
      if (arrives()) std::erase(missing, rtx->original_sequence_number.value());
    }
    Wait(milliseconds(33));
  }
  EXPECT_EQ(media, 6000U);
  EXPECT_LE(missing.size(), 10U);  // of the last frames
  EXPECT_EQ(router_.GetConsumerStats(kSlot, now_)->unanswered, 0U);
}

TEST_F(RetransmissionTest, KeepsNoPacketsOfAStreamThatHasGoneQuiet) {
  Deliver(sender_.Frame(0, true, 0, 3));
  DiscardOutput();
  EXPECT_EQ(pool_.outstanding(), 3U);
  Wait(milliseconds(2200));
  DiscardOutput();
  EXPECT_EQ(pool_.outstanding(), 0U);
}

TEST_F(RetransmissionTest, RtxNumbersAreContinuous) {
  Deliver(sender_.Frame(0, true, 0, 5));
  const auto originals = TakeRtp();
  SendNack({originals[4].seq(), originals[0].seq()});
  SendNack({originals[2].seq()});
  const auto answers = TakeRtp();
  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_EQ(answers[1].seq(), static_cast<uint16_t>(answers[0].seq() + 1));
  EXPECT_EQ(answers[2].seq(), static_cast<uint16_t>(answers[0].seq() + 2));
}

TEST_F(RetransmissionTest, OfAPacketFromBeforeTheSwitchIsStillThatPacket) {
  const ProducerId other{8};
  AddProducer(other, VideoProducer("1", 1));
  Vp8Sender other_sender = Sender(other, "1");
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto before = TakeRtp();
  Point(kSlot, other);
  Deliver(other_sender.Frame(0, true, 0, 1));
  TakeRtp();
  SendNack({before[0].seq()});
  const auto answers = TakeRtp();
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].view().csrc(0), Ssrc(kVideo.value()));
  const auto rtx = RtxPayload::Parse(answers[0].view().payload());
  EXPECT_EQ(Received::TagOf(rtx->original_payload).producer, kVideo.value());
}

TEST_F(RetransmissionTest, OfAPacketThatItselfCameByRtxWorks) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto lost = sender_.Frame(3000, false, 0, 1);
  Deliver(sender_.Frame(6000, false, 0, 1));
  Deliver(*sender_.Retransmit(RtpPacketView::Parse(lost[0])->sequence_number()));
  const auto packets = TakeRtp();
  SendNack({packets[2].seq()});
  const auto answers = TakeRtp();
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(Received::TagOf(RtxPayload::Parse(answers[0].view().payload())->original_payload).frame,
            1U);
}

TEST_F(RetransmissionTest, OfAFillerIsAnEmptyPacket) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const Bytes padding = sender_.PaddingOnly(0);
  Deliver(sender_.Frame(3000, false, 0, 1));
  Deliver(padding);
  const auto packets = TakeRtp();
  SendNack({packets[2].seq()});
  const auto answers = TakeRtp();
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].view().payload().size(), RtxPayload::kHeaderSize);
}

TEST_F(RetransmissionTest, OfUnknownOrForgottenNumbersIsSilence) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto seq = TakeRtp()[0].seq();
  SendNack({static_cast<uint16_t>(seq + 1), static_cast<uint16_t>(seq - 1),
            static_cast<uint16_t>(seq + 30'000)});
  EXPECT_THAT(TakeRtp(), IsEmpty());
  Wait(std::chrono::seconds(3));
  Deliver(sender_.Frame(270'000, false, 0, 1));
  TakeRtp();
  SendNack({seq});
  EXPECT_THAT(TakeRtp(), IsEmpty());
  EXPECT_EQ(router_.GetConsumerStats(kSlot, now_)->unanswered, 4U);
}

TEST_F(RetransmissionTest, NeedsRtx) {
  ConsumerParameters parameters = VideoSlot(Ssrc(5000), "v1");
  parameters.rtx_ssrc.reset();
  parameters.codecs[0].rtx_payload_type.reset();
  AddSlot(ConsumerId(2), parameters, kVideo);
  router_.RemoveConsumer(kSlot, now_, out_);
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto seq = TakeRtp()[0].seq();
  SendNack({seq}, Ssrc(5000));
  EXPECT_THAT(TakeRtp(), IsEmpty());
}

}  // namespace
}  // namespace stellwerk
