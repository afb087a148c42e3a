// Whole calls whose viewers decrypt all, little or nothing of what they receive, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sim/simulated_room.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using Role = MediaPlan::Role;

constexpr TimeDelta kDelay = 10ms;

// A publisher and a viewer who sees and hears it.
struct Call {
  void Start(Verification verification) {
    room_.policy.audio_slot_mode = SlotMode::kAssigned;
    ParticipantConfig publisher;
    publisher.audio = {AudioConfig{.source = 10}};
    publisher.video = {VideoConfig{.source = 11}};
    publisher_ = &room_.Join(publisher, FarLinks(kDelay));
    ParticipantConfig viewer;
    viewer.audio_slots = viewer.video_slots = 1;
    viewer_ = &room_.Join(viewer, FarLinks(kDelay));
    viewer_->SetVerification(verification);
    ASSERT_TRUE(room_.RunUntil([&] { return publisher_->connected() && viewer_->connected(); }));
    audio_ = viewer_->MidsOf(Role::kAudioSlot).front();
    video_ = viewer_->MidsOf(Role::kVideoSlot).front();
    room_.Show(*viewer_, audio_, *publisher_, publisher_->MidsOf(Role::kAudioTrack).front());
    room_.Show(*viewer_, video_, *publisher_, publisher_->MidsOf(Role::kVideoTrack).front());
  }
  const SlotReceiver& Audio() { return *viewer_->Slot(audio_); }
  const SlotReceiver& Video() { return *viewer_->Slot(video_); }
  void SetDownlink(const LinkConfig& config) {
    room_.SetLinks(*viewer_, {.up = {.delay = kDelay}, .down = config});
  }

  SimulatedRoom room_;
  Participant* publisher_ = nullptr;
  Participant* viewer_ = nullptr;
  std::string audio_, video_;
};
class VerificationTest : public ::testing::Test, protected Call {};

TEST_F(VerificationTest, WhatIsDecryptedTellsItsTransitTime) {
  Start(Verification::kAll);
  room_.Run(5s);
  EXPECT_TRUE(Video().judging());
  const Distribution& transit = viewer_->transit();
  EXPECT_EQ(transit.count() + viewer_->transit_times().from_history,
            viewer_->reception().received - viewer_->reception().fillers);
  EXPECT_GT(transit.count(), 20 * viewer_->transit_times().from_history) << "of larger pictures";
  // Two links; the server's pacer spreads keyframes.
  EXPECT_GE(transit.min(), 2 * kDelay - 1us);
  EXPECT_NEAR(static_cast<double>(transit.Percentile(0.5).count()) / 1e6, 20, 1);
  EXPECT_GE(viewer_->jitter().count(), 8U) << "one each second and slot";
  EXPECT_LT(viewer_->jitter().max(), 30ms);
}

TEST_F(VerificationTest, AnInjectedDelayIsFoundInTheTransitTime) {
  Start(Verification::kAll);
  room_.Run(1s);
  SetDownlink({.delay = kDelay + 37ms});
  room_.Run(1s);
  const Distribution before = viewer_->transit();
  room_.Run(5s);
  const Distribution since = viewer_->transit().Since(before);
  EXPECT_NEAR(static_cast<double>(since.Percentile(0.5).count()) / 1e6, 57, 1);
}

TEST_F(VerificationTest, ASlotIsCountedFromItsFirstDecodableFrameOn) {
  Start(Verification::kUntilFirstDecodable);
  room_.Run(1s);
  ASSERT_TRUE(Video().report().first_decodable.has_value());
  ASSERT_TRUE(Audio().report().first_decodable.has_value());
  EXPECT_FALSE(Video().judging());
  EXPECT_FALSE(Audio().judging());
  const uint64_t judged = Video().report().packets;
  const uint64_t counted = Video().reception().received;
  room_.Run(3s);
  EXPECT_EQ(Video().report().packets, judged);
  EXPECT_GT(Video().reception().received, counted + 300);
  EXPECT_EQ(Video().reception().lost_before_repair(), 0U);
  EXPECT_EQ(Video().reception().repaired, 0U);
  EXPECT_NEAR(static_cast<double>(Audio().reception().received), 200, 10);
  EXPECT_EQ(viewer_->unexpected_packets(), 0U);
  EXPECT_THAT(Video().report().problems, IsEmpty());
  // The server sees a viewer like any other.
  EXPECT_GT(viewer_->jitter().count(), 4U);
}

TEST_F(VerificationTest, WithoutDecryptionLossIsCountedAndRepairedAllTheSame) {
  Start(Verification::kNone);
  room_.Run(1s);
  EXPECT_EQ(Video().report().packets, 0U);
  SetDownlink({.delay = kDelay, .loss = 0.05});
  const ReceptionStats before = viewer_->reception();
  room_.Run(20s);
  SetDownlink({.delay = kDelay});
  room_.Run(2s);
  const ReceptionStats now = viewer_->reception();
  const auto expected = static_cast<double>(now.expected - before.expected);
  EXPECT_NEAR(static_cast<double>(now.lost_before_repair()) / expected, 0.05, 0.01);
  EXPECT_EQ(Video().reception().lost(), 0U);
  EXPECT_EQ(Video().reception().repaired, Video().reception().lost_before_repair());
  EXPECT_GE(now.nacked, now.repaired);
  EXPECT_EQ(now.packets, now.received + now.repaired + now.duplicates + now.padding);
  EXPECT_EQ(viewer_->transit().count(), 0U);
  EXPECT_EQ(Video().report().keyframe_requests, 0U);
  EXPECT_LT(publisher_->Track("1")->keyframe_requests(), 20U) << "by the server, for its switches";
}

TEST(VerificationComparison, CountedAndJudgedViewersCountTheSame) {
  // Without loss nothing that a viewer says changes what it gets.
  const auto run = [](Verification verification) {
    Call call;
    call.Start(verification);
    call.SetDownlink({.delay = kDelay, .jitter = {.amount = 5ms, .reorder = true}});
    call.room_.Run(5s);
    return call.viewer_->reception();
  };
  const ReceptionStats judged = run(Verification::kAll);
  const ReceptionStats counted = run(Verification::kNone);
  EXPECT_GT(judged.reordered, 50U);
  EXPECT_NEAR(static_cast<double>(judged.reordered), static_cast<double>(counted.reordered),
              static_cast<double>(judged.reordered) / 5);
  EXPECT_NEAR(static_cast<double>(judged.received), static_cast<double>(counted.received),
              static_cast<double>(judged.received) / 20);
  EXPECT_NEAR(static_cast<double>(judged.bytes), static_cast<double>(counted.bytes),
              static_cast<double>(judged.bytes) / 20);
}

TEST_F(VerificationTest, AViewerCanGoBackToJudging) {
  Start(Verification::kNone);
  room_.Run(5s);
  viewer_->SetVerification(Verification::kAll);
  room_.Run(3s);
  EXPECT_TRUE(Video().judging());
  EXPECT_THAT(Video().report().problems, IsEmpty());
  EXPECT_TRUE(Video().report().clean());
  EXPECT_GT(Video().report().decodable, 60U);
  EXPECT_GT(Audio().report().decodable, 140U);
  viewer_->SetVerification(Verification::kUntilFirstDecodable);
  EXPECT_FALSE(Video().judging()) << "its first decodable frame was long ago";
  const uint64_t frames = Video().report().frames;
  room_.Run(1s);
  EXPECT_EQ(Video().report().frames, frames);
}

TEST_F(VerificationTest, ASlotThatComesLaterIsTreatedLikeTheOthers) {
  Start(Verification::kNone);
  room_.Run(500ms);
  viewer_->AddSlots(0, 1);
  room_.Negotiate(*viewer_);
  const std::string slot = viewer_->MidsOf(Role::kVideoSlot).back();
  room_.Show(*viewer_, slot, *publisher_, publisher_->MidsOf(Role::kVideoTrack).front());
  room_.Run(2s);
  const SlotReceiver* added = viewer_->Slot(slot);
  ASSERT_NE(added, nullptr);
  EXPECT_FALSE(added->judging());
  EXPECT_GT(added->reception().received, 100U);
  EXPECT_EQ(added->report().packets, 0U);
}

}  // namespace
}  // namespace stellwerk::synthetic
