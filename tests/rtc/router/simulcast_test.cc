#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ProducerId kVideo{7};
constexpr ConsumerId kSlot{1};

class SimulcastTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 3));
    for (int i = 0; i < 3; ++i) senders_.push_back(Sender(kVideo, "0", i, true));
    AddSlot(kSlot, VideoSlot(), kVideo);
  }
  // A frame of each encoding in `mask` every `interval`; an encoding answers a keyframe request
  // with its next frame.
  void Run(TimeDelta time, uint32_t mask, TimeDelta interval = milliseconds(33)) {
    for (TimeDelta end = elapsed_ + time; elapsed_ < end; elapsed_ += interval) {
      const auto timestamp = static_cast<uint32_t>(ToMilliseconds(elapsed_) * 90);
      for (const Pli& pli : TakeRtcp<Pli>(kPublisher)) {
        for (std::size_t i = 0; i < 3; ++i) wants_[i] |= senders_[i].ssrc() == pli.media;
      }
      for (std::size_t i = 0; i < 3; ++i) {
        if ((mask >> i & 1) == 0) continue;
        const bool keyframe = wants_[i] || senders_[i].frames() == 0;
        wants_[i] = false;
        Deliver(senders_[i].Frame(timestamp, keyframe, 0, 2));
      }
      Wait(interval);
    }
  }
  uint64_t KeyframeRequests() {
    uint64_t sum = 0;
    const auto stats = router_.GetProducerStats(kVideo, now_);
    for (const EncodingStats& encoding : stats->encodings) sum += encoding.keyframe_requests;
    return sum;
  }
  uint64_t Switches() { return router_.GetConsumerStats(kSlot, now_)->switches; }
  std::optional<SpatialLayer> Layer() {
    const auto layer = router_.GetConsumerStats(kSlot, now_)->layer;
    return layer ? std::optional(SpatialLayer(layer->encoding)) : std::nullopt;
  }

  std::vector<Vp8Sender> senders_;
  bool wants_[3] = {};
  TimeDelta elapsed_{};
};

// Numbers go up by one, timestamps and picture ids go on, a layer begins with a keyframe.
void ExpectContinuous(const std::vector<Received>& packets) {
  for (std::size_t i = 1; i < packets.size(); ++i) {
    SCOPED_TRACE(i);
    const Received& a = packets[i - 1];
    const Received& b = packets[i];
    ASSERT_EQ(b.seq(), static_cast<uint16_t>(a.seq() + 1));
    const bool same_frame = b.tag().index > 0;
    const auto step = static_cast<int32_t>(b.timestamp() - a.timestamp());
    if (same_frame) {
      ASSERT_EQ(step, 0);
    } else {
      ASSERT_GT(step, 0);
      ASSERT_LE(step, 90'000 * 3);
    }
    ASSERT_EQ(b.vp8().descriptor.picture_id,
              (*a.vp8().descriptor.picture_id + (same_frame ? 0 : 1)) & 0x7FFF);
    ASSERT_TRUE(a.tag().encoding == b.tag().encoding || b.tag().keyframe);
  }
}

TEST_F(SimulcastTest, LearnsItsStreamsByMidAndRidAndGoesToTheHighest) {
  Run(seconds(1), 0b111);
  EXPECT_EQ(Layer(), SpatialLayer(2));
  const auto stats = router_.GetProducerStats(kVideo, now_);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(stats->encodings[i].ssrc, senders_[i].ssrc());
  ExpectContinuous(TakeRtp());
}

TEST_F(SimulcastTest, RepairsByRepairedRid) {
  Run(milliseconds(300), 0b111);
  TakeRtp();
  const auto lost = senders_[2].Frame(90'000, false, 0, 1);
  Deliver(senders_[2].Frame(93'000, false, 0, 1));
  Deliver(*senders_[2].Retransmit(RtpPacketView::Parse(lost[0])->sequence_number()));
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(2));
  EXPECT_EQ(packets[1].seq(), static_cast<uint16_t>(packets[0].seq() - 1));
  EXPECT_EQ(router_.GetProducerStats(kVideo, now_)->encodings[2].rtx_ssrc,
            Ssrc(senders_[2].ssrc().value() + 1));
}

TEST_F(SimulcastTest, ShowsTheFirstLayerThatBeginsAndClimbs) {
  Run(seconds(1), 0b001);
  EXPECT_EQ(Layer(), SpatialLayer(0));
  Run(seconds(1), 0b011);
  EXPECT_EQ(Layer(), SpatialLayer(1));
  Run(seconds(1), 0b111);
  EXPECT_EQ(Layer(), SpatialLayer(2));
  ExpectContinuous(TakeRtp());
}

TEST_F(SimulcastTest, FallsBackWhenThePublisherDropsALayerAndReturns) {
  Run(seconds(1), 0b111);
  Run(seconds(3), 0b011);
  EXPECT_EQ(Layer(), SpatialLayer(1));
  Run(seconds(2), 0b111);
  EXPECT_EQ(Layer(), SpatialLayer(2));
  ExpectContinuous(TakeRtp());
}

TEST_F(SimulcastTest, FollowsTheManualChoiceWithoutAFreeze) {
  Run(seconds(1), 0b111);
  ASSERT_TRUE(router_.SetConsumerDemand(kSlot, {.max_spatial = SpatialLayer(0)}, now_, out_).ok());
  Run(seconds(2), 0b111);
  EXPECT_EQ(Layer(), SpatialLayer(0));
  const auto packets = TakeRtp();
  ExpectContinuous(packets);
  // A frame every 33 ms in every layer: the largest step of the timestamps shows whether any was
  // missed.
  for (std::size_t i = 1; i < packets.size(); ++i) {
    EXPECT_LE(packets[i].timestamp() - packets[i - 1].timestamp(), 40U * 90);
  }
}

TEST_F(SimulcastTest, DropsTemporalLayersWithoutAGap) {
  Run(milliseconds(200), 0b001);
  TakeRtp();
  ASSERT_TRUE(
      router_
          .SetConsumerDemand(
              kSlot, {.max_spatial = SpatialLayer(0), .max_temporal = TemporalLayer(0)}, now_, out_)
          .ok());
  uint32_t timestamp = 90'000;
  for (int i = 0; i < 20; ++i) {
    Deliver(senders_[0].Frame(timestamp += 3000, false, i % 2 == 0 ? 0 : 1, 2));
  }
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(20));
  ExpectContinuous(packets);
  for (const Received& packet : packets) EXPECT_EQ(packet.tag().temporal, 0);
}

TEST_F(SimulcastTest, DoesNotAskForKeyframesWhenAllIsWell) {
  Run(seconds(2), 0b111);
  DiscardOutput();
  const uint64_t before = KeyframeRequests();
  Run(seconds(5), 0b111);
  EXPECT_EQ(KeyframeRequests(), before);
}

TEST_F(SimulcastTest, StaysWhereItIsAtOneFrameASecond) {
  Run(seconds(2), 0b111);
  const uint64_t requests = KeyframeRequests();
  const uint64_t switches = Switches();
  Run(seconds(20), 0b111, seconds(1));
  EXPECT_EQ(Layer(), SpatialLayer(2));
  EXPECT_EQ(KeyframeRequests(), requests);
  EXPECT_EQ(Switches(), switches);
}

TEST_F(SimulcastTest, StaysWhereItIsOverAStallOfAllLayers) {
  Run(seconds(2), 0b111);
  const uint64_t requests = KeyframeRequests();
  const uint64_t switches = Switches();
  for (const TimeDelta stall : {milliseconds(800), milliseconds(5000)}) {
    elapsed_ += stall;
    Wait(stall);
    Run(seconds(1), 0b111);
  }
  EXPECT_EQ(Layer(), SpatialLayer(2));
  EXPECT_EQ(KeyframeRequests(), requests);
  EXPECT_EQ(Switches(), switches);
}

TEST_F(SimulcastTest, AtOneFrameASecondALayerThatIsTurnedOffIsStillLeft) {
  Run(seconds(2), 0b111);
  Run(seconds(6), 0b011, seconds(1));
  EXPECT_EQ(Layer(), SpatialLayer(1));
}

}  // namespace
}  // namespace stellwerk
