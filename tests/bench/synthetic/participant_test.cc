// Synthetic participants against the real answers, sessions and router, in virtual time.
#include "bench/synthetic/participant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sim/simulated_room.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Role = MediaPlan::Role;

ParticipantConfig Publisher(uint32_t source) {
  ParticipantConfig config;
  config.audio = {AudioConfig{.source = source}};
  config.video = {VideoConfig{.source = source + 1}};
  return config;
}

ParticipantConfig Viewer(int audio_slots, int video_slots) {
  ParticipantConfig config;
  config.audio_slots = audio_slots;
  config.video_slots = video_slots;
  return config;
}

Links LossyLinks(double up, double down) {
  return {.up = {.delay = 10ms, .loss = up}, .down = {.delay = 10ms, .loss = down}};
}

// A publisher (source 10 for audio, 11 for video) and a viewer who sees it.
class CallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    room_.policy.audio_slot_mode = SlotMode::kAssigned;
    publisher_ = &room_.Join(Publisher(10));
    viewer_ = &room_.Join(Viewer(1, 1));
    audio_slot_ = viewer_->MidsOf(Role::kAudioSlot).front();
    video_slot_ = viewer_->MidsOf(Role::kVideoSlot).front();
    audio_track_ = publisher_->MidsOf(Role::kAudioTrack).front();
    video_track_ = publisher_->MidsOf(Role::kVideoTrack).front();
    ASSERT_TRUE(room_.RunUntil([&] { return publisher_->connected() && viewer_->connected(); }));
    room_.Show(*viewer_, audio_slot_, *publisher_, audio_track_);
    room_.Show(*viewer_, video_slot_, *publisher_, video_track_);
  }
  const StreamReport& Audio() { return viewer_->Slot(audio_slot_)->report(); }
  const StreamReport& Video() { return viewer_->Slot(video_slot_)->report(); }

  SimulatedRoom room_;
  Participant* publisher_ = nullptr;
  Participant* viewer_ = nullptr;
  std::string audio_slot_, video_slot_, audio_track_, video_track_;
};

TEST_F(CallTest, MediaArrivesWithoutAFault) {
  room_.Run(5s);
  EXPECT_THAT(Audio().problems, IsEmpty());
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_TRUE(Audio().clean());
  EXPECT_TRUE(Video().clean());
  EXPECT_NEAR(static_cast<double>(Audio().frames), 250, 10);
  EXPECT_NEAR(static_cast<double>(Video().frames), 150, 10);
  EXPECT_EQ(Video().decodable, Video().frames);
  EXPECT_EQ(Audio().FramesOf(10), Audio().frames);
  EXPECT_EQ(Video().FramesOf(11), Video().frames);
  EXPECT_EQ(viewer_->unexpected_packets(), 0U);
  // Keyframes are spread while the estimate is still low.
  EXPECT_LT(Video().max_latency, 300ms);
  EXPECT_LE(Video().decodable_after.Percentile(0.5), 60ms);
}

TEST_F(CallTest, TheHighestLayerIsShownAndLayersCanBeLimited) {
  room_.Run(3s);
  EXPECT_EQ(Video().current_source, std::pair(uint32_t{11}, uint8_t{2}));
  room_.SetDemand(*viewer_, video_slot_,
                  {.max_spatial = SpatialLayer(0), .max_temporal = TemporalLayer(0)});
  room_.Run(3s);
  EXPECT_EQ(Video().current_source, std::pair(uint32_t{11}, uint8_t{0}));
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_TRUE(Video().clean());
}

ParticipantConfig LoneLayer() {
  ParticipantConfig publisher;
  publisher.video = {VideoConfig{.source = 11}};
  publisher.video.front().mode = ScalabilityMode::Parse("L1T1").value();
  publisher.video.front().layers = {{"", {1280, 720}, DataRate::KilobitsPerSecond(3000)}};
  return publisher;
}

// There is nothing smaller to send, and nothing to learn the link's rate from but padding.
TEST(LoneLayerTest, IsShownThoughItIsLargerThanTheFirstEstimate) {
  SimulatedRoom room;
  Participant& camera = room.Join(LoneLayer());
  Participant& viewer = room.Join(Viewer(0, 1));
  ASSERT_TRUE(room.RunUntil([&] { return camera.connected() && viewer.connected(); }));
  const std::string slot = viewer.MidsOf(Role::kVideoSlot).front();
  room.Show(viewer, slot, camera, camera.MidsOf(Role::kVideoTrack).front());
  room.Run(3s);
  EXPECT_GT(viewer.Slot(slot)->report().decodable, 30U);
  EXPECT_TRUE(viewer.Slot(slot)->report().clean());
}

// Its rate is known before the viewer comes, and too high for a link of which nothing is known.
TEST(LoneLayerTest, IsShownToWhoComesLater) {
  SimulatedRoom room;
  Participant& camera = room.Join(LoneLayer());
  Participant& first = room.Join(Viewer(0, 1));
  ASSERT_TRUE(room.RunUntil([&] { return camera.connected() && first.connected(); }));
  const std::string track = camera.MidsOf(Role::kVideoTrack).front();
  room.Show(first, first.MidsOf(Role::kVideoSlot).front(), camera, track);
  room.Run(3s);
  Participant& later = room.Join(Viewer(0, 1));
  ASSERT_TRUE(room.RunUntil([&] { return later.connected(); }));
  const std::string slot = later.MidsOf(Role::kVideoSlot).front();
  room.Show(later, slot, camera, track);
  room.Run(3s);
  EXPECT_GT(later.Slot(slot)->report().decodable, 30U);
  EXPECT_TRUE(later.Slot(slot)->report().clean());
}

TEST_F(CallTest, LossOnBothLegsIsHealed) {
  room_.Run(1s);
  room_.SetLinks(*publisher_, LossyLinks(0.1, 0));
  room_.SetLinks(*viewer_, LossyLinks(0, 0.1));
  room_.Run(20s);
  room_.SetLinks(*publisher_, LossyLinks(0, 0));
  room_.SetLinks(*viewer_, LossyLinks(0, 0));
  room_.Run(3s);
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_EQ(Video().errors, 0U);
  EXPECT_EQ(Video().lost, 0U);
  EXPECT_GT(Video().repaired, 100U);
  EXPECT_GT(Video().FramesOf(11), 600U);
  EXPECT_EQ(Video().decodable, Video().frames);
}

TEST_F(CallTest, WithoutRetransmissionTheSameLossIsSeen) {
  // The judge is not blind: the other direction's feedback is lost too, so nothing can be repaired.
  room_.Run(1s);
  room_.SetLinks(*viewer_, LossyLinks(0.999, 0.1));
  room_.Run(8s);
  EXPECT_GT(Video().lost, 50U);
  EXPECT_LT(Video().decodable, Video().frames);
  EXPECT_GT(Audio().lost, 10U);
}

TEST_F(CallTest, ASlotThatIsPointedElsewhereStaysOneStream) {
  Participant& other = room_.Join(Publisher(20));
  ASSERT_TRUE(room_.RunUntil([&] { return other.connected(); }));
  for (int i = 0; i < 6; ++i) {
    room_.Run(700ms);
    Participant& shown = i % 2 == 0 ? other : *publisher_;
    room_.Show(*viewer_, video_slot_, shown, video_track_);
    room_.Show(*viewer_, audio_slot_, shown, audio_track_);
  }
  room_.Run(1s);
  EXPECT_THAT(Audio().problems, IsEmpty());
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_TRUE(Audio().clean());
  EXPECT_TRUE(Video().clean());
  EXPECT_GE(Video().switches, 6U);
  EXPECT_GT(Video().FramesOf(21), 20U);
  EXPECT_GT(Video().FramesOf(11), 20U);
}

TEST_F(CallTest, VoiceAndPictureOfOneParticipantStayInStep) {
  room_.Run(5s);
  ASSERT_TRUE(Audio().capture_offset && Video().capture_offset);
  const TimeDelta skew = *Audio().capture_offset - *Video().capture_offset;
  EXPECT_LT(std::chrono::abs(skew), 80ms);
}

TEST_F(CallTest, AKeyframeThatIsAskedForComes) {
  room_.Run(2s);
  const uint64_t before = Video().keyframes;
  viewer_->RequestKeyframe(video_slot_, room_.now(), room_.outbox());
  room_.Run(1s);
  EXPECT_GT(Video().keyframes, before);
  EXPECT_GT(publisher_->Track(video_track_)->keyframe_requests(), 0U);
}

TEST_F(CallTest, AnIceRestartLosesNothing) {
  room_.Run(2s);
  viewer_->RestartIce();
  room_.Negotiate(*viewer_);
  publisher_->RestartIce();
  room_.Negotiate(*publisher_);
  room_.Run(5s);
  EXPECT_TRUE(viewer_->connected());
  EXPECT_TRUE(Video().clean());
  EXPECT_TRUE(Audio().clean());
  EXPECT_GT(Video().frames, 180U);
}

TEST_F(CallTest, SlotsAddedLaterWork) {
  room_.Run(1s);
  viewer_->AddSlots(0, 1);
  room_.Negotiate(*viewer_);
  const std::string slot = viewer_->MidsOf(Role::kVideoSlot).back();
  ASSERT_NE(slot, video_slot_);
  room_.Show(*viewer_, slot, *publisher_, video_track_);
  room_.Run(2s);
  ASSERT_NE(viewer_->Slot(slot), nullptr);
  EXPECT_GT(viewer_->Slot(slot)->report().decodable, 40U);
  EXPECT_TRUE(viewer_->Slot(slot)->report().clean());
  EXPECT_TRUE(Video().clean());
}

TEST_F(CallTest, APublisherWhoSendsFewerLayersIsStillSeen) {
  room_.Run(1s);
  publisher_->Track(video_track_)->SetActiveLayers(1);
  room_.Run(5s);
  EXPECT_EQ(Video().current_source, std::pair(uint32_t{11}, uint8_t{0}));
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_LT(Video().longest_freeze, 2s);
}

TEST_F(CallTest, BothSidesGetTransportWideFeedbackAndReports) {
  room_.Run(3s);
  EXPECT_GT(publisher_->transport_feedback_received(), 10U);
  const auto& streams = publisher_->Track(video_track_)->streams();
  ASSERT_EQ(streams.size(), 3U);
  for (const RtpStreamSender& stream : streams) {
    ASSERT_TRUE(stream.stats().last_report.has_value());
    EXPECT_EQ(stream.stats().last_report->cumulative_lost, 0);
    ASSERT_TRUE(stream.stats().round_trip.has_value());
    EXPECT_NEAR(static_cast<double>(ToMilliseconds(*stream.stats().round_trip)), 20, 5);
  }
}

TEST_F(CallTest, MediaIsDueByItselfAndFeedbackIsNot) {
  room_.Run(1s);
  // Opus every 20 ms, with pictures in between.
  EXPECT_GE(publisher_->NextMedia(), room_.now());
  EXPECT_LE(publisher_->NextMedia(), room_.now() + 20ms);
  EXPECT_LE(publisher_->NextTimeout(), publisher_->NextMedia());
  EXPECT_EQ(viewer_->NextMedia(), kNever);
  EXPECT_LE(viewer_->NextTimeout(), room_.now() + 1s);
}

TEST_F(CallTest, LeavingIsNoticedAndTheSlotFallsSilent) {
  room_.Run(1s);
  room_.Leave(*publisher_);
  room_.Run(200ms);
  const uint64_t frames = Video().frames;
  room_.Run(2s);
  EXPECT_EQ(Video().frames, frames);
  EXPECT_THAT(Video().problems, IsEmpty());
}

TEST(SimulatedRoomTest, TheSameSeedGivesTheSameCall) {
  const auto run = [] {
    SimulatedRoom room(7);
    room.policy.audio_slot_mode = SlotMode::kAssigned;
    Participant& a = room.Join(Publisher(10));
    Participant& b = room.Join(Viewer(0, 1));
    room.RunUntil([&] { return a.connected() && b.connected(); });
    room.Show(b, "0", a, "1");
    room.SetLinks(b, LossyLinks(0, 0.05));
    room.Run(3s);
    return std::tuple(b.Slot("0")->report().packets, b.Slot("0")->report().repaired);
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace stellwerk::synthetic
