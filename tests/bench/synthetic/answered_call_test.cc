// Participants to whom the server makes the offers, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sim/simulated_room.h"
#include "bench/synthetic/participant.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

Invitation Slots(int video, bool with_mid = true) {
  Invitation invitation;
  invitation.slots.push_back(InvitedSlot(MediaKind::kAudio, "a", Ssrc(100), with_mid));
  for (int i = 0; i < video; ++i) {
    invitation.slots.push_back(InvitedSlot(MediaKind::kVideo, "v" + std::to_string(i),
                                           Ssrc(static_cast<uint32_t>(200 + 10 * i)), with_mid));
  }
  return invitation;
}

// A publisher (source 10 for audio, 11 for video) whom the invited see in slots a and v0.
class AnsweredCallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    room_.policy.audio_slot_mode = SlotMode::kAssigned;
    ParticipantConfig publisher;
    publisher.audio = {AudioConfig{.source = 10}};
    publisher.video = {VideoConfig{.source = 11}};
    publisher_ = &room_.Join(publisher);
    ASSERT_TRUE(room_.RunUntil([&] { return publisher_->connected(); }));
  }
  Participant& InviteAndShow(const Invitation& invitation) {
    Participant& viewer = room_.Invite(invitation);
    EXPECT_TRUE(room_.RunUntil([&] { return viewer.connected(); }));
    room_.Show(viewer, "a", *publisher_, "0");
    room_.Show(viewer, "v0", *publisher_, "1");
    return viewer;
  }
  static void ExpectClean(const Participant& viewer, const char* slot, uint32_t source) {
    ASSERT_NE(viewer.Slot(slot), nullptr) << slot;
    const StreamReport& report = viewer.Slot(slot)->report();
    EXPECT_GT(report.FramesOf(source), 40U) << slot;
    EXPECT_THAT(report.problems, IsEmpty()) << slot;
    EXPECT_TRUE(report.clean()) << slot;
  }

  SimulatedRoom room_;
  Participant* publisher_ = nullptr;
};

TEST_F(AnsweredCallTest, SlotsOfTheOfferAreReceivedAndFeedbackIsGiven) {
  Participant& viewer = InviteAndShow(Slots(1));
  room_.Run(3s);
  ExpectClean(viewer, "a", 10);
  ExpectClean(viewer, "v0", 11);
  EXPECT_EQ(viewer.unexpected_packets(), 0U);
  // The server estimates from transport-wide feedback.
  EXPECT_GT(room_.StatsOf(viewer).acknowledged, DataRate::KilobitsPerSecond(100));
}

TEST_F(AnsweredCallTest, LossIsRepairedByTheRetransmissionsThatWereOffered) {
  Participant& viewer = InviteAndShow(Slots(1));
  room_.Run(1s);
  room_.SetLinks(viewer, {.up = {.delay = 10ms}, .down = {.delay = 10ms, .loss = 0.1}});
  room_.Run(8s);
  room_.SetLinks(viewer, FarLinks(10ms));
  room_.Run(2s);
  EXPECT_GT(viewer.Slot("v0")->report().repaired, 30U);
  EXPECT_EQ(viewer.Slot("v0")->report().lost, 0U);
  EXPECT_EQ(viewer.Slot("v0")->report().errors, 0U);
}

TEST_F(AnsweredCallTest, StreamsThatNobodyAnnouncedAreKnownByTheirMid) {
  Invitation invitation = Slots(2);
  invitation.announce_ssrcs = false;
  Participant& viewer = InviteAndShow(invitation);
  room_.Show(viewer, "v1", *publisher_, "1");
  room_.Run(3s);
  ExpectClean(viewer, "a", 10);
  ExpectClean(viewer, "v0", 11);
  ExpectClean(viewer, "v1", 11);
  EXPECT_EQ(viewer.Slot("v1")->parameters().ssrc, Ssrc(210));
  EXPECT_EQ(viewer.unexpected_packets(), 0U);
}

TEST_F(AnsweredCallTest, WithoutMidsTheyAreKnownByTheirPayloadTypesIfThatIsClear) {
  Invitation invitation = Slots(1, false);
  invitation.announce_ssrcs = false;
  Participant& viewer = InviteAndShow(invitation);
  room_.Run(1s);
  room_.SetLinks(viewer, {.up = {.delay = 10ms}, .down = {.delay = 10ms, .loss = 0.1}});
  room_.Run(5s);
  room_.SetLinks(viewer, FarLinks(10ms));
  room_.Run(2s);
  EXPECT_EQ(viewer.Slot("a")->parameters().ssrc, Ssrc(100));
  EXPECT_EQ(viewer.Slot("v0")->parameters().ssrc, Ssrc(200));
  // The retransmissions' SSRC was learnt, too.
  EXPECT_EQ(viewer.Slot("v0")->parameters().rtx_ssrc, Ssrc(201));
  EXPECT_GT(viewer.Slot("v0")->report().repaired, 20U);
  EXPECT_EQ(viewer.Slot("v0")->report().lost, 0U);

  invitation = Slots(2, false);
  invitation.announce_ssrcs = false;
  Participant& doubtful = InviteAndShow(invitation);
  room_.Run(1s);
  EXPECT_EQ(doubtful.Slot("v0")->report().packets, 0U);
  EXPECT_GT(doubtful.unexpected_packets(), 0U);
  ExpectClean(doubtful, "a", 10);
}

TEST_F(AnsweredCallTest, ALaterOfferAddsSlotsOnTheSameTransport) {
  Participant& viewer = InviteAndShow(Slots(1));
  room_.Run(2s);
  const auto connected_at = viewer.connected_at();
  room_.Invite(Slots(2), &viewer);
  room_.Show(viewer, "v1", *publisher_, "1");
  room_.Run(3s);
  ExpectClean(viewer, "v0", 11);
  ExpectClean(viewer, "v1", 11);
  EXPECT_EQ(viewer.connected_at(), connected_at);
  EXPECT_EQ(viewer.MidsOf(MediaPlan::Role::kVideoSlot).size(), 2U);
}

TEST_F(AnsweredCallTest, AServerMayAskToBeTheDtlsClient) {
  Invitation invitation = Slots(1);
  invitation.setup = DtlsSetup::kActive;
  Participant& viewer = InviteAndShow(invitation);
  room_.Run(2s);
  ExpectClean(viewer, "v0", 11);
}

}  // namespace
}  // namespace stellwerk::synthetic
