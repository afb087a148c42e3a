#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class KeyframeRequestTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 1));
    // No keyframe yet that a slot could be started from.
    Deliver(sender_.Frame(0, false, 0, 1));
    DiscardOutput();
  }
  std::size_t Requests() { return TakeRtcp<Pli>(kPublisher).size(); }

  static constexpr ProducerId kVideo{7};
  Vp8Sender sender_ = Sender(kVideo, "0");
};

TEST_F(KeyframeRequestTest, IsSentAtOnceWhenASlotIsPointed) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  const auto requests = TakeRtcp<Pli>(kPublisher);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].media, sender_.ssrc());
}

TEST_F(KeyframeRequestTest, OfManySubscribersBecomesOne) {
  for (uint32_t i = 0; i < 20; ++i) {
    AddSlot(ConsumerId(i + 1), VideoSlot(Ssrc(10'000 + 2 * i), "m" + std::to_string(i)), kVideo);
  }
  EXPECT_EQ(Requests(), 1U);
}

TEST_F(KeyframeRequestTest, IsRepeatedUntilAnswered) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  Wait(seconds(2));
  EXPECT_GE(Requests(), 3U);
  Deliver(sender_.Frame(3000, true, 0, 1));
  Wait(seconds(3));
  EXPECT_EQ(Requests(), 0U);
}

TEST_F(KeyframeRequestTest, OfALossyReceiverIsLimited) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  uint32_t timestamp = 0;
  for (int i = 0; i < 100; ++i) {
    DeliverRtcp<Pli>(kSubscriber, [](Pli& pli) { pli.media = kSlotSsrc; });
    Deliver(sender_.Frame(timestamp += 1800, true, 0, 1));
    Wait(milliseconds(20));
  }
  EXPECT_LE(Requests(), 5U);
}

TEST_F(KeyframeRequestTest, OfOneReceiverInLastingTroubleBecomesRareWhileJoinsAreImmediate) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  uint32_t timestamp = 0;
  std::size_t requests = 0;
  const auto run = [&](int frames) {
    for (int i = 0; i < frames; ++i) {
      const std::size_t asked = Requests();
      requests += asked;
      Deliver(sender_.Frame(timestamp += 4500, asked > 0, 0, 1));
      DeliverRtcp<Pli>(kSubscriber, [](Pli& pli) { pli.media = kSlotSsrc; });
      Wait(milliseconds(50));
    }
    out_.rtp.clear();
  };
  run(600);
  EXPECT_LE(requests, 12U);
  EXPECT_GE(requests, 5U);

  requests = 0;
  for (int i = 0; i < 200 && requests == 0; ++i) run(1);
  ASSERT_GT(requests, 0U);
  Deliver(sender_.Frame(timestamp += 4500, true, 0, 1));
  // Until the keyframe is too old to start from.
  Wait(milliseconds(2200));
  DiscardOutput();
  AddSlot(ConsumerId(2), VideoSlot(Ssrc(10'000), "m"), kVideo);
  EXPECT_EQ(Requests(), 1U);
}

TEST_F(KeyframeRequestTest, WaitsForTheTransportToBeUp) {
  AddTransport(TransportId(3), false);
  AddSlot(ConsumerId(1), VideoSlot(), kVideo, TransportId(3));
  EXPECT_EQ(Requests(), 0U);
  Deliver(sender_.Frame(3000, false, 0, 1));
  EXPECT_THAT(TakeRtp(TransportId(3)), IsEmpty());
  router_.OnTransportWritable(TransportId(3), true, now_, out_);
  EXPECT_EQ(Requests(), 1U);
  Deliver(sender_.Frame(6000, false, 0, 1));
  EXPECT_THAT(TakeRtp(TransportId(3)), IsEmpty());
  Deliver(sender_.Frame(9000, true, 0, 1));
  EXPECT_THAT(TakeRtp(TransportId(3)), SizeIs(1));
}

TEST_F(KeyframeRequestTest, IsAFirWhereOnlyThatWasNegotiated) {
  ProducerParameters parameters = VideoProducer("5", 1);
  parameters.codecs[0].pli = false;
  parameters.codecs[0].payload_type = PayloadType(50);
  parameters.codecs[0].rtx_payload_type.reset();
  parameters.encodings[0].ssrc = Ssrc(77);
  AddProducer(ProducerId(8), parameters);
  AddSlot(ConsumerId(1), VideoSlot(), ProducerId(8));
  const auto requests = TakeRtcp<Fir>(kPublisher);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].entries[0].media, Ssrc(77));
}

TEST_F(KeyframeRequestTest, OfOneWhoHasLeftIsNotRepeated) {
  AddSlot(ConsumerId(1), VideoSlot(), kVideo);
  router_.RemoveConsumer(ConsumerId(1), now_, out_);
  DiscardOutput();
  Wait(seconds(5));
  EXPECT_EQ(Requests(), 0U);
}

}  // namespace
}  // namespace stellwerk
