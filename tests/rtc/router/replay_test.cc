#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ProducerId kVideo{7};
constexpr ConsumerId kSlot{1};

// A slot begins with the latest keyframe that is still known, instead of asking for one.
class ReplayTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 1));
  }
  // A frame every 33 ms.
  void Send(int frames, bool begins_with_keyframe, int packets = 1) {
    for (int i = 0; i < frames; ++i) {
      Deliver(sender_.Frame(timestamp_, i == 0 && begins_with_keyframe, 0, packets));
      timestamp_ += 2970;
      Wait(milliseconds(33));
    }
  }
  std::size_t Requests() { return TakeRtcp<Pli>(kPublisher).size(); }

  Vp8Sender sender_ = Sender(kVideo, "0");
  uint32_t timestamp_ = 90'000;
};

TEST_F(ReplayTest, AJoinerIsSentAllSinceTheKeyframeAtOnceAndNobodyIsAsked) {
  Send(20, true);
  DiscardOutput();
  AddSlot(kSlot, VideoSlot(), kVideo);
  EXPECT_EQ(Requests(), 0U);
  const auto replayed = TakeRtp();
  ASSERT_THAT(replayed, SizeIs(20));
  EXPECT_TRUE(replayed[0].tag().keyframe);
  for (std::size_t i = 1; i < replayed.size(); ++i) {
    EXPECT_EQ(replayed[i].seq(), static_cast<uint16_t>(replayed[i - 1].seq() + 1));
    const uint32_t step = replayed[i].timestamp() - replayed[i - 1].timestamp();
    EXPECT_GT(step, 0U) << "frames must not share a timestamp";
    EXPECT_LT(step, 90U) << "a receiver must not play the past at the pace of the past";
  }
  // And on it goes at the pace of the source.
  Send(3, false);
  const auto live = TakeRtp();
  ASSERT_THAT(live, SizeIs(3));
  EXPECT_EQ(live[0].timestamp() - replayed.back().timestamp(), 2970U);
  EXPECT_EQ(live[1].timestamp() - live[0].timestamp(), 2970U);
}

TEST_F(ReplayTest, AChangeOfSourceGoesOnWithoutAGapInTheNumbers) {
  constexpr ProducerId kOther{8};
  AddProducer(kOther, VideoProducer("1", 1));
  Vp8Sender other = Sender(kOther, "1");
  AddSlot(kSlot, VideoSlot(), kOther);
  Deliver(other.Frame(5000, true, 0, 1));
  Send(10, true);
  const auto before = TakeRtp();
  ASSERT_FALSE(before.empty());
  Point(kSlot, kVideo);
  const auto after = TakeRtp();
  ASSERT_THAT(after, SizeIs(10));
  EXPECT_EQ(after[0].seq(), static_cast<uint16_t>(before.back().seq() + 1));
  EXPECT_GT(static_cast<int32_t>(after[0].timestamp() - before.back().timestamp()), 0);
}

TEST_F(ReplayTest, WithAHoleInTheHistoryAKeyframeIsAskedFor) {
  Send(5, true);
  static_cast<void>(sender_.Frame(timestamp_, false, 0, 1));  // lost on the way
  Send(5, false);
  DiscardOutput();
  AddSlot(kSlot, VideoSlot(), kVideo);
  EXPECT_EQ(Requests(), 1U);
  EXPECT_THAT(TakeRtp(), IsEmpty());
}

TEST_F(ReplayTest, AnOldKeyframeIsNotUsed) {
  Send(90, true);
  DiscardOutput();
  AddSlot(kSlot, VideoSlot(), kVideo);
  EXPECT_EQ(Requests(), 1U);
  EXPECT_THAT(TakeRtp(), IsEmpty());
}

TEST_F(ReplayTest, WhatCameWhileTheProducerWasPausedIsNeverShown) {
  AddSlot(kSlot, VideoSlot(), kVideo);
  Send(3, true);
  ASSERT_TRUE(router_.SetProducerPaused(kVideo, true, now_, out_).ok());
  DiscardOutput();
  Send(5, true);
  ASSERT_TRUE(router_.SetProducerPaused(kVideo, false, now_, out_).ok());
  EXPECT_THAT(TakeRtp(), IsEmpty());
  Wait(milliseconds(600));  // the pause after the request before
  EXPECT_EQ(Requests(), 1U);
  EXPECT_THAT(TakeRtp(), IsEmpty());
}

// Who has told nothing yet is sent the 500 kbit/s of the start at most, so that much may wait.
class ReplayBehindOthersTest : public RoomFixture {
 protected:
  static constexpr ConsumerId kOtherSlot{2};

  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 1));
    AddProducer(kTwo, VideoProducer("1", 2));
    AddSlot(kSlot, Estimated(kSlotSsrc, "v0"), kVideo);
    Deliver(sender_.Frame(NextTimestamp(), true, 0, 1));
  }
  static ConsumerParameters Estimated(Ssrc ssrc, const std::string& mid) {
    ConsumerParameters slot = VideoSlot(ssrc, mid);
    slot.extensions.Set(RtpExtension::kTransportCc, ExtensionId(10));
    return slot;
  }
  void Send(int frames) {
    for (int i = 0; i < frames; ++i) {
      NextTimestamp();
      Deliver(lower_.Frame(timestamp_, lower_.frames() == 0, 0, 1));
      Deliver(upper_.Frame(timestamp_, upper_.frames() == 0, 0, 2));
      Wait(milliseconds(33));
    }
  }
  // Of the first slot: more than 150 ms at the start's rate.
  void Lump() { Deliver(sender_.Frame(NextTimestamp(), false, 0, 250)); }
  uint32_t NextTimestamp() { return timestamp_ += 2970; }
  std::size_t Requests() { return TakeRtcp<Pli>(kPublisher).size(); }
  std::optional<Layer> Shown() { return router_.GetConsumerStats(kOtherSlot, now_)->layer; }
  TimeDelta PacerDelay() { return router_.GetTransportStats(kSubscriber, now_)->pacer_delay; }

  static constexpr ProducerId kTwo{8};
  Vp8Sender sender_ = Sender(kVideo, "0");
  Vp8Sender lower_ = Sender(kTwo, "1", 0, true);
  Vp8Sender upper_ = Sender(kTwo, "1", 1, true);
  uint32_t timestamp_ = 0;
};

TEST_F(ReplayBehindOthersTest, ThePastIsNotPutBehindMuchThatWaitsButAKeyframeIsAskedFor) {
  Send(10);
  Lump();
  ASSERT_GT(PacerDelay(), milliseconds(150));
  DiscardOutput();
  AddSlot(kOtherSlot, Estimated(Ssrc(9100), "v1"), kTwo);
  EXPECT_EQ(Requests(), 1U);
  EXPECT_FALSE(Shown());
}

TEST_F(ReplayBehindOthersTest, BehindALittleItIs) {
  Send(10);
  DiscardOutput();
  AddSlot(kOtherSlot, Estimated(Ssrc(9100), "v1"), kTwo);
  EXPECT_EQ(Requests(), 0U);
  EXPECT_TRUE(Shown());
}

TEST_F(ReplayBehindOthersTest, ABetterPictureWaitsForItsTurnAndNobodyIsAsked) {
  AddSlot(kOtherSlot, Estimated(Ssrc(9100), "v1"), kTwo);
  ASSERT_TRUE(
      router_.SetConsumerDemand(kOtherSlot, {.max_spatial = SpatialLayer(0)}, now_, out_).ok());
  Send(10);
  Lump();
  DiscardOutput();
  ASSERT_TRUE(router_.SetConsumerDemand(kOtherSlot, {}, now_, out_).ok());
  EXPECT_EQ(Shown()->encoding, 0);
  EXPECT_EQ(Requests(), 0U);
  Send(20);
  ASSERT_EQ(PacerDelay(), TimeDelta());
  EXPECT_EQ(Shown()->encoding, 1);
  EXPECT_EQ(Requests(), 0U);
}

}  // namespace
}  // namespace stellwerk
