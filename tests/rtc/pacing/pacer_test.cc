#include "rtc/pacing/pacer.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};

OutgoingRtp Packet(RtpClass media_class, Ssrc ssrc = Ssrc(1), std::size_t size = 1156) {
  OutgoingRtp rtp;
  rtp.media_class = media_class;
  rtp.ssrc = ssrc;
  rtp.payload_size = static_cast<uint16_t>(size);
  return rtp;
}

class PacerTest : public ::testing::Test {
 protected:
  PacerTest() { pacer_.SetTarget(DataRate::KilobitsPerSecond(1000), LinkRoom::kScarce, now_); }

  // As the downlink does. True if it went out at once.
  bool Give(OutgoingRtp rtp) {
    if (pacer_.CanSendNow(rtp, now_)) {
      Sent(pacer_.OnSent(rtp, now_));
      return true;
    }
    pacer_.Enqueue(std::move(rtp), now_);
    return false;
  }
  void Run(TimeDelta time, bool padding = true) {
    const Timestamp end = now_ + time;
    while (pacer_.NextTimeout() <= end) {
      ASSERT_LT(++turns_, 100'000) << "does not come to rest";
      now_ = std::max(now_, pacer_.NextTimeout());
      while (auto packet = pacer_.Next(now_)) {
        order_.push_back(packet->rtp.media_class);
        Sent(packet->info);
      }
      while (padding && pacer_.PaddingNeeded(now_) > DataSize{}) {
        Sent(pacer_.OnSent(Packet(RtpClass::kPadding), now_));
      }
      if (!padding) static_cast<void>(pacer_.PaddingNeeded(now_));
    }
    now_ = end;
  }
  void Sent(const SentPacketInfo& info) {
    sent_ += info.size;
    if (!info.probe) return;
    probed_ += info.size;
    if (!probe_began_) probe_began_ = now_;
    probe_ended_ = now_;
  }

  Timestamp now_ = kStart;
  Pacer pacer_;
  DataSize sent_;
  DataSize probed_;
  std::optional<Timestamp> probe_began_;
  Timestamp probe_ended_;
  std::vector<RtpClass> order_;
  int turns_ = 0;
};

TEST_F(PacerTest, AddsNothingToAQueueThatDrainsHoweverMuchWaits) {
  pacer_.SetTarget(DataRate::KilobitsPerSecond(1000), LinkRoom::kDraining, now_);
  for (int i = 0; i < 100; ++i) Give(Packet(RtpClass::kVideo));
  Run(milliseconds(800));
  EXPECT_LE(sent_.bytes(), 100'000 + 2 * 1250);
  EXPECT_GE(sent_.bytes(), 95'000);
}

TEST_F(PacerTest, LetsPacketsPassWhileTheyFitTheRate) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(Give(Packet(RtpClass::kVideo))) << i;
    now_ += milliseconds(10);
  }
  EXPECT_EQ(pacer_.NextTimeout(), kNever);
}

TEST_F(PacerTest, AudioNeverWaits) {
  for (int i = 0; i < 100; ++i) Give(Packet(RtpClass::kVideo));
  EXPECT_FALSE(pacer_.empty());
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(Give(Packet(RtpClass::kAudio)));
}

TEST_F(PacerTest, SpreadsAKeyframeWithinABoundOfDelay) {
  for (int i = 0; i < 50; ++i) Give(Packet(RtpClass::kVideo));  // 60 kB, 480 ms of the target
  EXPECT_LE(pacer_.QueueDelay(), milliseconds(320));            // at 1.5 times the target
  Run(milliseconds(50));
  EXPECT_LE(sent_, DataSize::Bytes(18'000));
  Run(milliseconds(400));
  EXPECT_TRUE(pacer_.empty());
  EXPECT_EQ(sent_, DataSize::Bytes(60'000));
}

TEST_F(PacerTest, LetsAFrameGoAtOnceWhereThereIsRoomForMuchMore) {
  pacer_.SetTarget(DataRate::KilobitsPerSecond(1000), LinkRoom::kAmple, now_);
  int at_once = 0;
  while (Give(Packet(RtpClass::kVideo))) ++at_once;
  EXPECT_GE(at_once, 10);  // 40 ms at two and a half times the target
  Run(milliseconds(10));
  EXPECT_TRUE(pacer_.empty());
}

TEST_F(PacerTest, LetsAFirstWindowGoIfItIsToldTo) {
  pacer_ = Pacer({.unknown = {.burst = milliseconds(100), .factor = 3, .max_factor = 4}});
  pacer_.SetTarget(DataRate::KilobitsPerSecond(500), LinkRoom::kUnknown, now_);
  int at_once = 0;
  while (Give(Packet(RtpClass::kVideo))) ++at_once;
  EXPECT_GE(at_once, 10);
  EXPECT_LE(at_once, 18);
  EXPECT_FALSE(pacer_.empty());
}

TEST_F(PacerTest, WhatWasSentIsPaidAtTheNewRate) {
  pacer_.SetTarget(DataRate::KilobitsPerSecond(500), LinkRoom::kUnknown, now_);
  while (Give(Packet(RtpClass::kVideo))) {
  }
  pacer_.SetTarget(DataRate::KilobitsPerSecond(5000), LinkRoom::kScarce, now_);
  Run(milliseconds(25));
  EXPECT_TRUE(pacer_.empty());
}

TEST_F(PacerTest, NeverSendsMuchMoreThanTheTargetAllows) {
  for (int i = 0; i < 500; ++i) Give(Packet(RtpClass::kVideo));
  Run(milliseconds(500));
  EXPECT_LE(sent_.bytes() * 8 * 2, 2'200'000);
}

TEST_F(PacerTest, SendsRetransmissionsBeforeVideoAndPaddingLast) {
  while (Give(Packet(RtpClass::kVideo))) {
  }
  Give(Packet(RtpClass::kPadding));
  Give(Packet(RtpClass::kRetransmission));
  Run(seconds(1));
  EXPECT_EQ(order_, (std::vector{RtpClass::kRetransmission, RtpClass::kVideo, RtpClass::kPadding}));
}

TEST_F(PacerTest, DoesNotLetAPacketOvertakeItsKind) {
  while (Give(Packet(RtpClass::kVideo))) {
  }
  for (int i = 0; i < 10; ++i) Give(Packet(RtpClass::kVideo));
  now_ += milliseconds(20);
  EXPECT_FALSE(pacer_.CanSendNow(Packet(RtpClass::kVideo), now_));
  EXPECT_TRUE(pacer_.CanSendNow(Packet(RtpClass::kRetransmission), now_));
}

TEST_F(PacerTest, DropsWhatWaitedTooLongTogetherWithItsStream) {
  pacer_.SetTarget(DataRate::KilobitsPerSecond(20), LinkRoom::kScarce, now_);
  Give(Packet(RtpClass::kVideo, Ssrc(9)));
  for (int i = 0; i < 40; ++i) Give(Packet(RtpClass::kVideo, Ssrc(1)));
  now_ += milliseconds(900);
  Give(Packet(RtpClass::kVideo, Ssrc(2)));
  Run(milliseconds(700));
  EXPECT_GE(pacer_.dropped(), 35U);
  EXPECT_EQ(pacer_.TakeDroppedStreams(), std::vector{Ssrc(1)});
  EXPECT_TRUE(pacer_.TakeDroppedStreams().empty());
}

TEST_F(PacerTest, BoundsItsQueue) {
  Pacer::Config config;
  config.max_queue = DataSize::Bytes(12'000);
  pacer_ = Pacer(config);
  for (int i = 0; i < 1000; ++i) Give(Packet(RtpClass::kVideo));
  EXPECT_LE(pacer_.queued(), config.max_queue);
  EXPECT_GT(pacer_.dropped(), 0U);
  EXPECT_EQ(pacer_.TakeDroppedStreams(), std::vector{Ssrc(1)});
}

TEST_F(PacerTest, SendsAProbeOfPaddingAtItsRate) {
  const ProbeCluster probe{.id = ProbeClusterId(1),
                           .rate = DataRate::KilobitsPerSecond(4000),
                           .duration = milliseconds(15),
                           .min_packets = 5};
  pacer_.StartProbe(probe, now_);
  Run(seconds(1));
  EXPECT_GE(probed_, probe.size());
  EXPECT_LE(probed_, probe.size() + DataSize::Bytes(2400));
  EXPECT_NEAR(static_cast<double>(ToMilliseconds(probe_ended_ - *probe_began_)), 13, 3);
  EXPECT_EQ(pacer_.NextTimeout(), kNever);
}

TEST_F(PacerTest, UsesMediaForAProbeFirst) {
  for (int i = 0; i < 20; ++i) Give(Packet(RtpClass::kVideo));
  pacer_.StartProbe({.id = ProbeClusterId(1),
                     .rate = DataRate::KilobitsPerSecond(5000),
                     .duration = milliseconds(15),
                     .min_packets = 5},
                    now_);
  EXPECT_EQ(pacer_.PaddingNeeded(now_), DataSize{});
  Run(seconds(1));
  EXPECT_GE(probed_, DataSize::Bytes(9000));
  EXPECT_EQ(sent_, DataSize::Bytes(24'000));
}

TEST_F(PacerTest, DoesNotBeginAProbeWithAVoicePacket) {
  pacer_.StartProbe({.id = ProbeClusterId(1),
                     .rate = DataRate::KilobitsPerSecond(5000),
                     .duration = milliseconds(15),
                     .min_packets = 5},
                    now_);
  EXPECT_FALSE(pacer_.OnSent(Packet(RtpClass::kAudio, Ssrc(1), 100), now_).probe);
  EXPECT_TRUE(pacer_.OnSent(Packet(RtpClass::kVideo), now_).probe);
}

TEST_F(PacerTest, GivesAProbeUpForWhichThereIsNothingToSend) {
  pacer_.StartProbe({.id = ProbeClusterId(1),
                     .rate = DataRate::KilobitsPerSecond(5000),
                     .duration = milliseconds(15),
                     .min_packets = 5},
                    now_);
  Run(seconds(5), /*padding=*/false);
  EXPECT_LE(turns_, 200);
  EXPECT_EQ(pacer_.NextTimeout(), kNever);
}

}  // namespace
}  // namespace stellwerk
