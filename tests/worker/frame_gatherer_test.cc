#include "worker/frame_gatherer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "rtc/rtp/rtp_packet_view.h"

namespace stellwerk {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TransportId kAda{1};
constexpr TransportId kBen{2};
constexpr Ssrc kCamera{0xCA};
constexpr Ssrc kScreen{0x5C};

class FrameGathererTest : public ::testing::Test {
 protected:
  // An RTP packet of so many bytes.
  PacketRef Packet(std::size_t size) {
    PacketRef packet = pool_.Allocate(size + 64);
    auto buffer = packet.mutable_buffer();
    std::fill_n(buffer.begin(), size, uint8_t{0x11});
    buffer[0] = 0x80;
    packet.set_size(size);
    return packet;
  }
  void Add(TransportId transport, Ssrc ssrc, bool marker, std::size_t size) {
    PacketRef packet = Packet(size);
    gatherer_.Add(now_, transport, ssrc, marker, {&packet, 1}, out_);
  }
  std::vector<std::size_t> TakeSizes() {
    std::vector<std::size_t> sizes;
    for (const auto& packet : out_) sizes.push_back(packet.packet.size());
    out_.clear();
    return sizes;
  }

  PacketPool pool_;
  FrameGatherer gatherer_{1ms};
  Timestamp now_{1000s};
  std::vector<FrameGatherer::Packet> out_;
};

TEST_F(FrameGathererTest, HoldsAFrameUntilItsMarker) {
  Add(kAda, kCamera, false, 1000);
  Add(kAda, kCamera, false, 1000);
  EXPECT_THAT(TakeSizes(), IsEmpty());
  Add(kAda, kCamera, true, 400);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000, 1000, 400));
  EXPECT_EQ(gatherer_.NextTimeout(), kNever);
  EXPECT_EQ(gatherer_.stats().frames, 1U);
  EXPECT_EQ(gatherer_.stats().packets, 3U);
}

TEST_F(FrameGathererTest, LetsAWholeFrameThrough) {
  std::vector<PacketRef> frame = {Packet(1000), Packet(997), Packet(500)};
  gatherer_.Add(now_, kAda, kCamera, true, frame, out_);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000, 1000, 500));
  EXPECT_EQ(gatherer_.NextTimeout(), kNever);
}

TEST_F(FrameGathererTest, KeepsTheOrderWhenTheRestOfAFrameComesTogether) {
  Add(kAda, kCamera, false, 1000);
  std::vector<PacketRef> rest = {Packet(999), Packet(500)};
  gatherer_.Add(now_, kAda, kCamera, true, rest, out_);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000, 1000, 500));
}

TEST_F(FrameGathererTest, LetsAFrameOfOnePacketThrough) {
  Add(kAda, kCamera, true, 300);
  EXPECT_THAT(TakeSizes(), ElementsAre(300));
  EXPECT_EQ(gatherer_.NextTimeout(), kNever);
}

TEST_F(FrameGathererTest, ReleasesWhatHasWaitedLongEnough) {
  Add(kAda, kCamera, false, 1000);
  now_ += 400us;
  Add(kBen, kCamera, false, 900);
  EXPECT_EQ(gatherer_.NextTimeout(), Timestamp(1000s) + 1ms);
  now_ = Timestamp(1000s) + 1ms;
  gatherer_.HandleTimeout(now_, out_);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000));
  EXPECT_EQ(gatherer_.NextTimeout(), now_ + 400us);
  EXPECT_EQ(gatherer_.stats().timeouts, 1U);
}

TEST_F(FrameGathererTest, WaitsAnewForTheRestOfALateFrame) {
  Add(kAda, kCamera, false, 1000);
  now_ += 1ms;
  gatherer_.HandleTimeout(now_, out_);
  Add(kAda, kCamera, false, 1000);
  EXPECT_EQ(gatherer_.NextTimeout(), now_ + 1ms);
  Add(kAda, kCamera, true, 1000);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000, 1000, 1000));
}

TEST_F(FrameGathererTest, KeepsTheStreamsOfATransportApart) {
  Add(kAda, kCamera, false, 1000);
  Add(kAda, kScreen, false, 700);
  Add(kAda, kScreen, true, 700);
  EXPECT_THAT(TakeSizes(), ElementsAre(700, 700));
  EXPECT_EQ(gatherer_.NextTimeout(), now_ + 1ms);
  Add(kAda, kCamera, true, 1000);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000, 1000));
}

TEST_F(FrameGathererTest, MakesPacketsOfAFrameEquallyLongButForTheLast) {
  Add(kAda, kCamera, false, 1000);
  Add(kAda, kCamera, false, 998);
  Add(kAda, kCamera, false, 999);
  Add(kAda, kCamera, true, 998);
  ASSERT_EQ(out_.size(), 4U);
  const auto padded = RtpPacketView::Parse(out_[1].packet.bytes());
  ASSERT_TRUE(padded.has_value());
  EXPECT_EQ(padded->padding_size(), 2U);
  EXPECT_EQ(padded->payload().size(), 998U - 12);
  EXPECT_EQ(gatherer_.stats().padded, 2U);
  EXPECT_EQ(gatherer_.stats().padding_bytes, 3U);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000, 1000, 1000, 998));
}

TEST_F(FrameGathererTest, PadsNeitherByMuchNorTwice) {
  Add(kAda, kCamera, false, 1000);
  Add(kAda, kCamera, false, 991);
  PacketRef padded = Packet(999);
  padded.mutable_bytes()[0] |= 0x20;
  gatherer_.Add(now_, kAda, kCamera, false, {&padded, 1}, out_);
  Add(kAda, kCamera, true, 1000);
  EXPECT_THAT(TakeSizes(), ElementsAre(1000, 991, 999, 1000));
}

TEST_F(FrameGathererTest, ForgetsATransport) {
  Add(kAda, kCamera, false, 1000);
  Add(kBen, kCamera, false, 900);
  gatherer_.Forget(kAda);
  now_ += 1ms;
  gatherer_.HandleTimeout(now_, out_);
  EXPECT_THAT(TakeSizes(), ElementsAre(900));
  EXPECT_EQ(pool_.outstanding(), 0U);
}

}  // namespace
}  // namespace stellwerk
