#include "controller/room/slot_assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using Ids = std::vector<std::optional<ProducerId>>;

constexpr ParticipantId kListener{100};

AssignableSource Video(uint32_t id, uint64_t owner, std::string_view identity = "") {
  AssignableSource source;
  source.id = ProducerId(id);
  source.owner = ParticipantId(owner);
  source.identity = identity;
  return source;
}

std::vector<Slot> VideoSlots(std::size_t count) {
  std::vector<Slot> slots(count);
  for (Slot& slot : slots) slot.kind = MediaKind::kVideo;
  return slots;
}

std::optional<ProducerId> Id(uint32_t id) { return ProducerId(id); }

TEST(SlotAssignment, EverybodyElseInOrderOfJoining) {
  const std::vector<AssignableSource> sources = {Video(1, 1), Video(2, kListener.value()),
                                                 Video(3, 3)};
  EXPECT_THAT(AssignSlots(VideoSlots(3), sources, kListener),
              ElementsAre(Id(1), Id(3), std::nullopt));
}

TEST(SlotAssignment, ShownTracksStayWhereTheyAre) {
  auto slots = VideoSlots(3);
  slots[0].source = ProducerId(9);  // gone
  slots[2].source = ProducerId(1);
  const std::vector<AssignableSource> sources = {Video(1, 1), Video(2, 2), Video(3, 3)};
  EXPECT_THAT(AssignSlots(slots, sources, kListener), ElementsAre(Id(2), Id(3), Id(1)));
}

TEST(SlotAssignment, SpeakersComeFirstWhenSlotsAreFew) {
  std::vector<AssignableSource> sources = {Video(1, 1), Video(2, 2), Video(3, 3), Video(4, 4)};
  sources[2].spoke = 1;
  sources[3].spoke = 0;
  RankSources(sources);
  EXPECT_THAT(AssignSlots(VideoSlots(2), sources, kListener), ElementsAre(Id(4), Id(3)));
  EXPECT_THAT(AssignSlots(VideoSlots(3), sources, kListener), ElementsAre(Id(4), Id(3), Id(1)));
}

TEST(SlotAssignment, SpeakingMovesNobodyWhoIsShown) {
  auto slots = VideoSlots(2);
  slots[0].source = ProducerId(1);
  slots[1].source = ProducerId(2);
  std::vector<AssignableSource> sources = {Video(1, 1), Video(2, 2), Video(3, 3)};
  sources[2].spoke = 0;
  sources[1].spoke = 1;
  RankSources(sources);
  // 3 speaks now: it takes the place of 1, who never spoke; 2 stays.
  EXPECT_THAT(AssignSlots(slots, sources, kListener), ElementsAre(Id(3), Id(2)));
}

TEST(SlotAssignment, ScreensBeforeSpeakersAndMutedLast) {
  std::vector<AssignableSource> sources = {Video(1, 1), Video(2, 2), Video(3, 3)};
  sources[0].muted = true;
  sources[1].spoke = 0;
  sources[2].source = TrackSource::kScreen;
  RankSources(sources);
  EXPECT_THAT(AssignSlots(VideoSlots(3), sources, kListener), ElementsAre(Id(3), Id(2), Id(1)));
}

TEST(SlotAssignment, PinnedSlotShowsItsPersonAndNobodyElse) {
  auto slots = VideoSlots(2);
  slots[0].view.pin = SlotPin{"bob", TrackSource::kCamera};
  slots[1].view.pin = SlotPin{"eve", TrackSource::kCamera};
  std::vector<AssignableSource> sources = {Video(1, 1, "ann"), Video(2, 2, "bob"),
                                           Video(3, 2, "bob")};
  sources[1].source = TrackSource::kScreen;
  EXPECT_THAT(AssignSlots(slots, sources, kListener), ElementsAre(Id(3), std::nullopt));
  slots[0].view.pin->source = std::nullopt;
  EXPECT_THAT(AssignSlots(slots, sources, kListener), ElementsAre(Id(2), std::nullopt));
}

TEST(SlotAssignment, PinnedTrackIsNotShownTwice) {
  auto slots = VideoSlots(2);
  slots[1].view.pin = SlotPin{"ann", TrackSource::kCamera};
  const std::vector<AssignableSource> sources = {Video(1, 1, "ann"), Video(2, 2, "bob")};
  EXPECT_THAT(AssignSlots(slots, sources, kListener), ElementsAre(Id(2), Id(1)));
}

TEST(SlotAssignment, KindsDoNotMix) {
  auto slots = VideoSlots(2);
  slots[0].kind = MediaKind::kAudio;
  std::vector<AssignableSource> sources = {Video(1, 1), Video(2, 1)};
  sources[1].kind = MediaKind::kAudio;
  EXPECT_THAT(AssignSlots(slots, sources, kListener), ElementsAre(Id(2), Id(1)));
}

}  // namespace
}  // namespace stellwerk
