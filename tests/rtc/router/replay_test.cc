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

}  // namespace
}  // namespace stellwerk
