#include <set>

#include "rtc/rtcp/report_block.h"
#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ProducerId kVideo{7};
constexpr ProducerId kOther{8};
constexpr ConsumerId kSlot{1};

class ForwardingTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 1));
    AddProducer(kOther, VideoProducer("1", 1));
    AddSlot(kSlot, VideoSlot(), kVideo);
  }
  Vp8Sender sender_ = Sender(kVideo, "0");
  Vp8Sender other_ = Sender(kOther, "1");
};

TEST_F(ForwardingTest, RewritesTheHeaderForTheSubscriber) {
  Deliver(sender_.Frame(0, true, 0, 2));
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(2));
  EXPECT_EQ(packets[0].view().ssrc(), kSlotSsrc);
  EXPECT_EQ(packets[0].view().payload_type(), kSlotPt);
  ASSERT_EQ(packets[0].view().csrc_count(), 1U);
  EXPECT_EQ(packets[0].view().csrc(0), Ssrc(kVideo.value()));
  EXPECT_FALSE(packets[0].view().marker());
  EXPECT_TRUE(packets[1].view().marker());
  EXPECT_EQ(packets[0].tag().producer, kVideo.value());
  EXPECT_EQ(packets[1].tag().index, 1);
}

TEST_F(ForwardingTest, NumbersPacketsTransportWideOverAllSlots) {
  constexpr TransportId kViewer{3};
  AddTransport(kViewer);
  for (uint32_t i = 0; i < 2; ++i) {
    ConsumerParameters slot = VideoSlot(Ssrc(5000 + 2 * i), "t" + std::to_string(i));
    slot.extensions.Set(RtpExtension::kTransportCc, ExtensionId(10));
    AddSlot(ConsumerId(10 + i), slot, kVideo, kViewer);
  }
  Deliver(sender_.Frame(0, true, 0, 1));
  Wait(std::chrono::milliseconds(50));
  std::vector<int> numbers;
  for (const Received& packet : TakeRtp(kViewer)) {
    const auto data = packet.view().FindExtension(ExtensionId(10));
    ASSERT_TRUE(data);
    numbers.push_back((*data)[0] << 8 | (*data)[1]);
  }
  ASSERT_GE(numbers.size(), 2U);
  for (std::size_t i = 1; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], numbers[i - 1] + 1);
}

TEST_F(ForwardingTest, SendsTheMidUntilTheFirstReportBlock) {
  Deliver(sender_.Frame(0, true, 0, 1));
  EXPECT_TRUE(TakeRtp()[0].has_mid);
  Deliver(sender_.Frame(3000, false, 0, 1));
  EXPECT_TRUE(TakeRtp()[0].has_mid);
  ReportBlock block;
  block.source = kSlotSsrc;
  DeliverReportBlock(block);
  Deliver(sender_.Frame(6000, false, 0, 1));
  EXPECT_FALSE(TakeRtp()[0].has_mid);
}

TEST_F(ForwardingTest, BeginsWithAKeyframe) {
  Deliver(sender_.Frame(0, false, 0, 2));
  EXPECT_THAT(TakeRtp(), IsEmpty());
  Deliver(sender_.Frame(3000, true, 0, 2));
  EXPECT_THAT(TakeRtp(), SizeIs(2));
}

TEST_F(ForwardingTest, FansABatchOutSlotBySlot) {
  constexpr TransportId kViewer{3};
  AddTransport(kViewer);
  AddSlot(ConsumerId(10), VideoSlot(Ssrc(5000), "t"), kVideo, kViewer);
  Deliver(sender_.Frame(0, true, 0, 1));
  out_.Clear();
  Deliver(sender_.Frame(3000, false, 0, 3));
  ASSERT_THAT(out_.rtp, SizeIs(6));
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(out_.rtp[i].transport, out_.rtp[0].transport);
    EXPECT_EQ(out_.rtp[3 + i].transport, out_.rtp[3].transport);
  }
  EXPECT_NE(out_.rtp[0].transport, out_.rtp[3].transport);
  for (const TransportId viewer : {kSubscriber, kViewer}) {
    const auto packets = TakeRtp(viewer);
    ASSERT_THAT(packets, SizeIs(3));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(packets[static_cast<std::size_t>(i)].tag().index, i);
  }
}

TEST_F(ForwardingTest, BeginsInTheMiddleOfABatch) {
  std::vector<Bytes> batch = sender_.Frame(0, false, 0, 2);
  for (const Bytes& packet : sender_.Frame(3000, true, 0, 2)) batch.push_back(packet);
  for (const Bytes& packet : sender_.Frame(6000, false, 0, 1)) batch.push_back(packet);
  Deliver(batch);
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(3));
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(packets[i].view().sequence_number() - packets[i - 1].view().sequence_number(), 1);
  }
}

TEST_F(ForwardingTest, SendsNothingTwiceWhereAKeyframeComesLateWithinABatch) {
  const auto keyframe = sender_.Frame(0, true, 0, 3);
  Deliver(sender_.PaddingOnly(0));
  Deliver({keyframe[1], keyframe[2], keyframe[0], sender_.Frame(3000, false, 0, 1)[0]});
  std::set<uint16_t> numbers;
  const auto packets = TakeRtp();
  EXPECT_THAT(packets, SizeIs(4));
  for (const Received& packet : packets) numbers.insert(packet.view().sequence_number().value());
  EXPECT_THAT(numbers, SizeIs(4));
}

TEST_F(ForwardingTest, AKeyframeWhoseFirstPacketComesLateIsCaughtUpWith) {
  const auto keyframe = sender_.Frame(0, true, 0, 4);
  const auto next = sender_.Frame(3000, false, 0, 1);
  Deliver(sender_.PaddingOnly(0));
  Deliver(keyframe[1]);
  Deliver(keyframe[2]);
  Deliver(keyframe[3]);
  Deliver(next);
  EXPECT_THAT(TakeRtp(), IsEmpty());
  Deliver(keyframe[0]);
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(5));
  for (uint16_t i = 1; i < 5; ++i) {
    EXPECT_EQ(packets[i].seq(), static_cast<uint16_t>(packets[0].seq() + i));
  }
}

TEST_F(ForwardingTest, NumbersContinueOverAChangeOfSource) {
  Deliver(sender_.Frame(0, true, 0, 2));
  auto before = TakeRtp();
  Point(kSlot, kOther);
  Wait(milliseconds(500));
  Deliver(sender_.Frame(45'000, false, 0, 1));
  EXPECT_THAT(TakeRtp(), IsEmpty());
  Deliver(other_.Frame(45'000, true, 0, 1));
  const auto after = TakeRtp();
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_EQ(after[0].seq(), static_cast<uint16_t>(before[1].seq() + 1));
  EXPECT_NEAR(after[0].timestamp() - before[1].timestamp(), 45'000, 90);
  EXPECT_EQ(after[0].vp8().descriptor.picture_id,
            (*before[1].vp8().descriptor.picture_id + 1) & 0x7FFF);
  EXPECT_EQ(after[0].vp8().descriptor.tl0_picture_index,
            static_cast<uint8_t>(*before[1].vp8().descriptor.tl0_picture_index + 1));
  EXPECT_EQ(after[0].view().csrc(0), Ssrc(kOther.value()));
}

TEST_F(ForwardingTest, PaddingOnlyPacketsLeaveNoGap) {
  Deliver(sender_.Frame(0, true, 0, 1));
  Deliver(sender_.PaddingOnly(0));
  Deliver(sender_.PaddingOnly(0));
  Deliver(sender_.Frame(3000, false, 0, 1));
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(2));
  EXPECT_EQ(packets[1].seq(), static_cast<uint16_t>(packets[0].seq() + 1));
}

TEST_F(ForwardingTest, PaddingThatComesLateFillsItsNumber) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const Bytes padding = sender_.PaddingOnly(0);
  Deliver(sender_.Frame(3000, false, 0, 1));
  Deliver(padding);
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_EQ(packets[1].seq(), static_cast<uint16_t>(packets[0].seq() + 2));
  EXPECT_EQ(packets[2].seq(), static_cast<uint16_t>(packets[0].seq() + 1));
  EXPECT_EQ(packets[2].media_class, RtpClass::kPadding);
  EXPECT_TRUE(packets[2].view().payload().empty());
}

TEST_F(ForwardingTest, ALostPacketIsAGapUntilRtxBringsIt) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto lost = sender_.Frame(3000, false, 0, 1);
  const auto lost_seq = RtpPacketView::Parse(lost[0])->sequence_number();
  Deliver(sender_.Frame(6000, false, 0, 1));
  const auto nacks = TakeRtcp<Nack>(kPublisher);
  ASSERT_THAT(nacks, SizeIs(1));
  EXPECT_EQ(nacks[0].media, sender_.ssrc());
  EXPECT_EQ(nacks[0].items[0].first, lost_seq);
  Deliver(*sender_.Retransmit(lost_seq));
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_EQ(packets[1].seq(), static_cast<uint16_t>(packets[0].seq() + 2));
  EXPECT_EQ(packets[2].seq(), static_cast<uint16_t>(packets[0].seq() + 1));
  EXPECT_EQ(packets[2].tag().frame, 1U);
  EXPECT_EQ(packets[2].timestamp() - packets[0].timestamp(), 3000U);
  Wait(seconds(1));
  EXPECT_THAT(TakeRtcp<Nack>(kPublisher), IsEmpty());
}

TEST_F(ForwardingTest, ASecondCopyByRtxIsNotForwarded) {
  const auto frame = sender_.Frame(0, true, 0, 1);
  Deliver(frame);
  Deliver(*sender_.Retransmit(RtpPacketView::Parse(frame[0])->sequence_number()));
  EXPECT_THAT(TakeRtp(), SizeIs(1));
}

TEST_F(ForwardingTest, WhatIsFromBeforeTheSwitchIsDropped) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto late = sender_.Frame(3000, false, 0, 1);
  Deliver(sender_.Frame(6000, false, 0, 1));
  Point(kSlot, kOther);
  Deliver(other_.Frame(0, true, 0, 1));
  TakeRtp();
  Deliver(late);
  EXPECT_THAT(TakeRtp(), IsEmpty());
}

TEST_F(ForwardingTest, APausedSlotIsSilentAndResumesContinuously) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto before = TakeRtp();
  ASSERT_TRUE(router_.SetConsumerPaused(kSlot, true, now_, out_).ok());
  Deliver(sender_.Frame(3000, true, 0, 1));
  EXPECT_THAT(TakeRtp(), IsEmpty());
  DiscardOutput();
  Wait(seconds(3));
  ASSERT_TRUE(router_.SetConsumerPaused(kSlot, false, now_, out_).ok());
  EXPECT_THAT(TakeRtcp<Pli>(kPublisher), SizeIs(1));
  Deliver(sender_.Frame(273'000, true, 0, 1));
  const auto after = TakeRtp();
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_EQ(after[0].seq(), static_cast<uint16_t>(before[0].seq() + 1));
  EXPECT_NEAR(after[0].timestamp() - before[0].timestamp(), 270'000, 100);
}

TEST_F(ForwardingTest, APausedProducerIsHeardOfButNotForwarded) {
  Deliver(sender_.Frame(0, true, 0, 1));
  TakeRtp();
  ASSERT_TRUE(router_.SetProducerPaused(kVideo, true, now_, out_).ok());
  Deliver(sender_.Frame(3000, true, 0, 1));
  EXPECT_THAT(TakeRtp(), IsEmpty());
  EXPECT_EQ(router_.GetProducerStats(kVideo, now_)->encodings[0].packets, 2U);
  ASSERT_TRUE(router_.SetProducerPaused(kVideo, false, now_, out_).ok());
  Deliver(sender_.Frame(6000, true, 0, 1));
  EXPECT_THAT(TakeRtp(), SizeIs(1));
}

TEST_F(ForwardingTest, TheProducersEndEmptiesTheSlot) {
  Deliver(sender_.Frame(0, true, 0, 1));
  router_.RemoveProducer(kVideo, now_, out_);
  TakeRtp();
  EXPECT_FALSE(router_.GetConsumerStats(kSlot, now_)->source);
  Deliver(sender_.Frame(3000, true, 0, 1));
  EXPECT_THAT(TakeRtp(), IsEmpty());
}

TEST_F(ForwardingTest, ARemovedSlotSaysBye) {
  Deliver(sender_.Frame(0, true, 0, 1));
  DiscardOutput();
  router_.RemoveConsumer(kSlot, now_, out_);
  const auto byes = TakeRtcp<Bye>(kSubscriber);
  ASSERT_THAT(byes, SizeIs(1));
  EXPECT_EQ(byes[0].sources[0], kSlotSsrc);
}

TEST_F(ForwardingTest, ASourceWithoutACommonCodecIsTold) {
  ConsumerParameters parameters = VideoSlot(Ssrc(5000), "v1");
  parameters.codecs[0].codec = Codec::kH264;
  AddSlot(ConsumerId(2), parameters, kVideo);
  const auto events = TakeEvents<ConsumerCodecUnsupported>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].consumer, ConsumerId(2));
  EXPECT_EQ(events[0].producer, kVideo);
}

TEST_F(ForwardingTest, StreamsOfNobodyAreCountedAndDropped) {
  Vp8Sender stranger({.producer = 1, .mid = "zz", .rid = "", .ssrc = 66}, transport_seq_);
  Deliver(stranger.Frame(0, true, 0, 1));
  EXPECT_EQ(out_.drops[DropReason::kUnknownStream], 1U);
  Deliver(Bytes{0x80, 0x01});
  EXPECT_EQ(out_.drops[DropReason::kTruncated] + out_.drops[DropReason::kMalformed], 1U);
}

TEST_F(ForwardingTest, ASenderThatBeginsAnewIsEnteredAtItsNextKeyframe) {
  Deliver(sender_.Frame(0, true, 0, 1));
  const auto before = TakeRtp();
  Vp8Sender again({.producer = kVideo.value(),
                   .mid = "0",
                   .rid = "",
                   .ssrc = sender_.ssrc().value() + 500,
                   .first_seq = 3},
                  transport_seq_);
  Deliver(again.Frame(0, false, 0, 1));
  EXPECT_THAT(TakeRtp(), IsEmpty());
  Deliver(again.Frame(3000, true, 0, 1));
  const auto after = TakeRtp();
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_EQ(after[0].seq(), static_cast<uint16_t>(before[0].seq() + 1));
  EXPECT_TRUE(SeqNum(after[0].seq()).IsNewerThan(SeqNum(before[0].seq())));
}

TEST_F(ForwardingTest, AStreamWithoutPictureIdsIsForwarded) {
  Vp8Sender plain({.producer = 7, .mid = "0", .rid = "", .ssrc = 7000, .picture_ids = false},
                  transport_seq_);
  Deliver(plain.Frame(0, true, 0, 1));
  Deliver(plain.Frame(3000, false, 0, 1));
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(2));
  EXPECT_FALSE(packets[1].vp8().descriptor.picture_id);
  EXPECT_EQ(packets[1].tag().frame, 1U);
}

TEST_F(ForwardingTest, OneSsrcIsNotGivenOutTwiceOnATransport) {
  EXPECT_EQ(router_.AddConsumer(ConsumerId(2), kSubscriber, VideoSlot(), now_).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(router_.AddProducer(ProducerId(99), kPublisher, VideoProducer("0", 1), now_).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(router_.SetConsumerSource(kSlot, ProducerId(55), now_, out_).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ForwardingTest, RemovingTransportsLeavesNothingBehind) {
  Deliver(sender_.Frame(0, true, 0, 1));
  router_.RemoveTransport(kPublisher, now_, out_);
  router_.RemoveTransport(kSubscriber, now_, out_);
  out_.Clear();
  EXPECT_TRUE(router_.empty());
  EXPECT_EQ(pool_.outstanding(), 0U);
  Wait(seconds(5));
  EXPECT_EQ(router_.NextTimeout(), kNever);
}

// The extension fits the publisher's header but, with ours, not the subscriber's.
TEST_F(ForwardingTest, APacketWhoseHeaderDoesNotFitLeavesNoGap) {
  const ProducerId producer{9};
  ProducerParameters published = VideoProducer("9", 1);
  published.extensions.Set(RtpExtension::kDependencyDescriptor, ExtensionId(6));
  AddProducer(producer, published);
  ConsumerParameters slot = VideoSlot(Ssrc(7000), "v9");
  slot.extensions.Set(RtpExtension::kDependencyDescriptor, ExtensionId(6));
  AddSlot(ConsumerId(9), slot, producer);
  Vp8Sender sender = Sender(producer, "9");
  Deliver(sender.Frame(0, true, 0, 1));

  const Bytes plain = sender.Frame(3000, false, 0, 1)[0];
  const auto view = *RtpPacketView::Parse(plain);
  RtpHeaderWriter header({.payload_type = view.payload_type(),
                          .marker = view.marker(),
                          .sequence_number = view.sequence_number(),
                          .timestamp = view.timestamp(),
                          .ssrc = view.ssrc()});
  header.AddExtension(ExtensionId(6), Bytes(255, 1));
  Bytes large(600);
  ByteWriter writer(large);
  header.WriteTo(writer);
  writer.WriteBytes(view.payload());
  ASSERT_TRUE(writer.ok());
  large.resize(writer.size());
  Deliver(large);

  Deliver(sender.Frame(6000, false, 0, 1));
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_EQ(out_.drops[DropReason::kTooLarge], 1U);
  EXPECT_EQ(packets[1].media_class, RtpClass::kPadding);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(packets[i].seq(), static_cast<uint16_t>(packets[i - 1].seq() + 1));
  }
}

}  // namespace
}  // namespace stellwerk
