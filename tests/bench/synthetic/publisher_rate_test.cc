// Publishers that obey their network, in whole calls and in virtual time.
#include "bench/synthetic/publisher_rate.h"

#include <gtest/gtest.h>

#include "bench/sim/simulated_room.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using Role = MediaPlan::Role;

constexpr DataRate Kbps(int64_t rate) { return DataRate::KilobitsPerSecond(rate); }

Links UplinkOf(DataRate rate) {
  Links links = FarLinks(20ms);
  links.up.capacity = RateTrace::Constant(rate);
  links.up.queue.max_time = 300ms;
  return links;
}

// A publisher behind a narrow way up, and a viewer who wants all of it.
class NarrowUplinkTest : public ::testing::Test {
 protected:
  void Publish(DataRate uplink, bool adapt, VideoConfig video = {}) {
    room_.policy.audio_slot_mode = SlotMode::kAssigned;
    ParticipantConfig config;
    config.adapt = adapt;
    config.audio = {AudioConfig{.source = 10}};
    video.source = 11;
    config.video = {video};
    publisher_ = &room_.Join(config, UplinkOf(uplink));
    ParticipantConfig viewer;
    viewer.audio_slots = 1;
    viewer.video_slots = 1;
    viewer_ = &room_.Join(viewer);
    ASSERT_TRUE(room_.RunUntil([&] { return publisher_->connected() && viewer_->connected(); }));
    track_ = publisher_->MidsOf(Role::kVideoTrack).front();
    slot_ = viewer_->MidsOf(Role::kVideoSlot).front();
    room_.Show(*viewer_, slot_, *publisher_, track_);
    room_.Show(*viewer_, viewer_->MidsOf(Role::kAudioSlot).front(), *publisher_,
               publisher_->MidsOf(Role::kAudioTrack).front());
  }
  // What passes the uplink in the next `time`, and what the queue there is at most.
  DataRate Throughput(TimeDelta time) {
    const Timestamp start = room_.now();
    const uint64_t before = SentBytes();
    longest_queue_ = TimeDelta();
    while (room_.now() < start + time) {
      room_.Run(20ms);
      longest_queue_ = std::max(longest_queue_, room_.Uplink(*publisher_).QueueDelay(room_.now()));
    }
    return DataSize::Bytes(static_cast<int64_t>(SentBytes() - before)) / time;
  }
  // Sent by all tracks, with the headers that the link counts.
  uint64_t SentBytes() {
    uint64_t bytes = 0;
    for (const Role role : {Role::kAudioTrack, Role::kVideoTrack}) {
      for (const std::string& mid : publisher_->MidsOf(role)) {
        for (const RtpStreamSender& stream : publisher_->Track(mid)->streams()) {
          const StreamSenderStats& stats = stream.stats();
          bytes += stats.bytes + 44 * (stats.packets + stats.retransmitted + stats.padding);
        }
      }
    }
    return bytes;
  }
  double Estimate() { return static_cast<double>(publisher_->send_estimate()->target.bps()); }
  const StreamReport& Video() { return viewer_->Slot(slot_)->report(); }
  uint8_t ShownEncoding() { return Video().current_source->second; }

  SimulatedRoom room_;
  Participant* publisher_ = nullptr;
  Participant* viewer_ = nullptr;
  std::string track_, slot_;
  TimeDelta longest_queue_{};
};

// One encoding, which takes whatever rate there is.
VideoConfig PlainCamera() {
  VideoConfig video;
  video.layers = {{"", {1280, 720}, Kbps(1500)}};
  video.frame_sizes = FrameSizes::LikeAnEncoder();
  return video;
}

TEST_F(NarrowUplinkTest, SettlesAtTheRateOfTheLinkAndRecovers) {
  Publish(Kbps(500), true, PlainCamera());
  room_.Run(10s);
  EXPECT_GE(Estimate(), 0.8 * 500e3);
  EXPECT_LE(Estimate(), 1.05 * 500e3);
  const double narrow = static_cast<double>(Throughput(10s).bps());
  EXPECT_GE(narrow, 0.8 * 500e3);
  EXPECT_LE(narrow, 1.05 * 500e3);
  EXPECT_LE(longest_queue_, 250ms);
  EXPECT_TRUE(Video().clean()) << ::testing::PrintToString(Video().problems);

  room_.SetLinks(*publisher_, UplinkOf(Kbps(5000)));
  room_.Run(15s);
  EXPECT_GE(static_cast<double>(Throughput(5s).bps()), 1.5e6);
  EXPECT_TRUE(Video().clean()) << ::testing::PrintToString(Video().problems);

  room_.SetLinks(*publisher_, UplinkOf(Kbps(500)));
  room_.Run(5s);
  const uint64_t decodable = Video().decodable;
  room_.Run(5s);
  EXPECT_GE(Video().decodable, decodable + 120);  // of 150: what was lost is behind it
  const double again = static_cast<double>(Throughput(10s).bps());
  EXPECT_GE(again, 0.8 * 500e3);
  EXPECT_LE(again, 1.05 * 500e3);
  EXPECT_LE(longest_queue_, 250ms);
  EXPECT_EQ(Video().errors, 0U) << ::testing::PrintToString(Video().problems);
}

TEST_F(NarrowUplinkTest, EncodingsThatDoNotFitAreSwitchedOffAndComeBack) {
  Publish(Kbps(900), true);
  room_.Run(15s);
  EXPECT_EQ(ShownEncoding(), 1);
  EXPECT_LE(Throughput(3s), Kbps(945));
  room_.SetLinks(*publisher_, UplinkOf(Kbps(5000)));
  room_.Run(15s);
  EXPECT_EQ(ShownEncoding(), 2);
  EXPECT_GE(Throughput(3s), Kbps(1500));
  room_.SetLinks(*publisher_, UplinkOf(Kbps(900)));
  room_.Run(10s);
  EXPECT_LE(ShownEncoding(), 1);  // the lowest, until the server asks for the one between
  EXPECT_LE(Throughput(5s), Kbps(945));
  EXPECT_LE(longest_queue_, 250ms);
  EXPECT_EQ(Video().errors, 0U) << ::testing::PrintToString(Video().problems);
}

TEST_F(NarrowUplinkTest, WhoDoesNotAdaptFillsTheQueue) {
  Publish(Kbps(500), false);
  EXPECT_EQ(publisher_->send_estimate(), nullptr);
  room_.Run(5s);
  EXPECT_GE(Throughput(5s), Kbps(2000));
  EXPECT_GE(longest_queue_, 290ms);
}

TEST_F(NarrowUplinkTest, AWideUplinkIsFoundWithinThreeSeconds) {
  Publish(Kbps(20'000), true);
  room_.Run(3s);
  EXPECT_EQ(ShownEncoding(), 2);
  EXPECT_GE(Throughput(3s), Kbps(1500));
  EXPECT_TRUE(Video().clean());
}

TEST_F(NarrowUplinkTest, SpatialLayersOfOneStreamAreSwitchedOffLikewise) {
  Publish(Kbps(700), true, SvcConfig(11, Codec::kVp9, "L3T1"));
  room_.Run(10s);
  const double rate = static_cast<double>(Throughput(5s).bps());
  EXPECT_GE(rate, 0.6 * 700e3);  // 115 + 346 kbit/s, and the third would get less than half of it
  EXPECT_LE(rate, 1.05 * 700e3);
  EXPECT_EQ(Video().errors, 0U);
  EXPECT_GT(Video().decodable, 400U);
}

TEST_F(NarrowUplinkTest, AMutedTrackStaysMutedWhenTheCallIsNegotiatedAgain) {
  Publish(Kbps(5000), true);
  room_.Run(1s);
  PublishedTrack& video = *publisher_->Track(track_);
  video.SetRunning(false, room_.now());
  publisher_->AddSlots(0, 1);
  room_.Negotiate(*publisher_);
  const uint64_t frames = video.frames();
  room_.Run(1s);
  EXPECT_EQ(video.frames(), frames);
  video.SetRunning(true, room_.now());
  room_.Run(1s);
  EXPECT_GT(video.frames(), frames + 25);
}

TEST_F(NarrowUplinkTest, SendLagIsHowLateFramesAreHandedOver) {
  Publish(Kbps(5000), false);
  room_.Run(2s);
  const Distribution& lag = publisher_->Track(track_)->send_lag();
  // Virtual time is never late.
  EXPECT_GE(lag.count(), 59U);
  EXPECT_EQ(lag.max(), 0ns);
}

}  // namespace
}  // namespace stellwerk::synthetic
