#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ProducerId kVideo{7};
constexpr ConsumerId kSlot{1};

// A subscriber who has told nothing yet, so that it is sent the 500 kbit/s of the start at most. Of
// the two encodings the upper one takes a little less than that.
class PacerBacklogTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    AddProducer(kVideo, VideoProducer("0", 2));
    ConsumerParameters slot = VideoSlot();
    slot.extensions.Set(RtpExtension::kTransportCc, ExtensionId(10));
    AddSlot(kSlot, slot, kVideo);
    Demand({.max_spatial = SpatialLayer(0)});
  }
  void Demand(const ConsumerDemand& demand) {
    ASSERT_TRUE(router_.SetConsumerDemand(kSlot, demand, now_, out_).ok());
  }
  void Run(TimeDelta time) {
    for (const Timestamp end = now_ + time; now_ < end; Wait(milliseconds(33))) {
      Deliver(lower_.Frame(NextTimestamp(), lower_.frames() == 0, 0, 1));
      Deliver(upper_.Frame(timestamp_, upper_.frames() == 0, 0, 20));
    }
    DiscardOutput();
  }
  // A frame of the lower encoding that is much too large.
  void Lump(uint8_t packets) { Deliver(lower_.Frame(NextTimestamp(), false, 0, packets)); }
  uint32_t NextTimestamp() { return timestamp_ += 33 * 90; }
  std::optional<int> TargetEncoding() {
    const auto target = router_.GetConsumerStats(kSlot, now_)->target;
    return target ? std::optional<int>(target->encoding) : std::nullopt;
  }
  TimeDelta PacerDelay() { return router_.GetTransportStats(kSubscriber, now_)->pacer_delay; }

  Vp8Sender lower_ = Sender(kVideo, "0", 0, true);
  Vp8Sender upper_ = Sender(kVideo, "0", 1, true);
  uint32_t timestamp_ = 0;
};

// 45 kB wait, of which 12.5 are usual: to get rid of the others within a second takes more than
// half of the link.
TEST_F(PacerBacklogTest, WhatWaitsBeyondTheUsualIsTakenOffWhatLayersMayTake) {
  Run(seconds(2));
  Lump(250);
  Lump(250);
  ASSERT_GT(PacerDelay(), milliseconds(300));
  Demand({});
  EXPECT_EQ(TargetEncoding(), 0);
  EXPECT_EQ(router_.GetConsumerStats(kSlot, now_)->reason, LayerReason::kBandwidth);
  Run(seconds(2));
  EXPECT_EQ(PacerDelay(), TimeDelta());
  EXPECT_EQ(TargetEncoding(), 1);
}

TEST_F(PacerBacklogTest, TheUsualLayersRideOut) {
  Run(seconds(2));
  Lump(130);
  ASSERT_GT(PacerDelay(), milliseconds(120));
  Demand({});
  EXPECT_EQ(TargetEncoding(), 1);
}

// They go before new pictures.
TEST_F(PacerBacklogTest, RepairsAreNoMoreAtATimeThanTheLinkCarriesInFiftyMilliseconds) {
  Run(seconds(2));
  Lump(250);
  Wait(seconds(1));
  std::vector<SeqNum> lost;
  std::size_t lost_bytes = 0;
  for (const Received& packet : TakeRtp()) {
    lost.emplace_back(packet.seq());
    lost_bytes += packet.bytes.size();
  }
  const auto repaired = [&] {
    DeliverRtcp<Nack>(kSubscriber, [&](Nack& nack) { nack = Nack::For(Ssrc(1), kSlotSsrc, lost); });
    Wait(seconds(1));
    std::size_t bytes = 0;
    for (const Received& packet : TakeRtp()) {
      if (packet.media_class == RtpClass::kRetransmission) bytes += packet.bytes.size();
    }
    return bytes;
  };
  constexpr std::size_t kMost = 500'000 / 8 / 20;
  ASSERT_GE(lost_bytes, 4 * kMost);
  const std::size_t first = repaired();
  EXPECT_GT(first, kMost / 2);
  EXPECT_LT(first, kMost + 200);
  // What was not answered is when it is asked for again.
  EXPECT_GT(repaired(), kMost / 2);
}

}  // namespace
}  // namespace stellwerk
