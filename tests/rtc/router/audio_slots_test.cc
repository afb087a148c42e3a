#include <set>

#include "rtc/router/loudest_slots.h"
#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Slots = std::vector<std::optional<ProducerId>>;

TEST(LoudestSlotsTest, WhoIsWantedKeepsTheSlot) {
  const Slots now = {ProducerId(1), std::nullopt, ProducerId(3)};
  const std::vector<ProducerId> wanted = {ProducerId(3), ProducerId(9), ProducerId(8),
                                          ProducerId(1)};
  EXPECT_EQ(FillLoudestSlots(now, wanted), (Slots{ProducerId(1), ProducerId(9), ProducerId(3)}));
}

TEST(LoudestSlotsTest, AVoiceTakesAFreeSlotElseThatOfTheLongestSilence) {
  const Timestamp now{seconds(1000)};
  const CarriedVoice speaks{.last_voice = now, .energy = 9};
  const CarriedVoice paused{.last_voice = now - milliseconds(200), .energy = 5};
  const CarriedVoice silent{.last_voice = now - seconds(2)};
  const CarriedVoice silent_longer{.last_voice = now - seconds(9)};
  const CarriedVoice free{.free = true};
  using Voices = std::vector<CarriedVoice>;
  EXPECT_EQ(SlotForSpeaker(Voices{silent, free}, false, now), 1U);
  EXPECT_EQ(SlotForSpeaker(Voices{speaks, silent, silent_longer}, false, now), 2U);
  EXPECT_EQ(SlotForSpeaker(Voices{speaks, paused}, false, now), std::nullopt);
  EXPECT_EQ(SlotForSpeaker(Voices{speaks, paused}, true, now), 1U) << "who has the floor is heard";
  EXPECT_EQ(SlotForSpeaker(Voices{}, true, now), std::nullopt);
}

TEST(LoudestSlotsTest, WhoIsGoneLeavesAnEmptySlot) {
  const Slots now = {ProducerId(1), ProducerId(2)};
  const std::vector<ProducerId> wanted = {ProducerId(2)};
  EXPECT_EQ(FillLoudestSlots(now, wanted), (Slots{std::nullopt, ProducerId(2)}));
}

class AudioSlotsTest : public RoomFixture {
 protected:
  // A talker on a transport of its own.
  OpusSender AddTalker(uint32_t id) {
    AddTransport(TransportId(100 + id));
    AddProducer(ProducerId(id), AudioProducer("0"), TransportId(100 + id));
    return OpusSender(id, "0", 50 * id, 1'000'000 * id);
  }
  void Say(OpusSender& sender, uint32_t id, uint8_t level) {
    Deliver(sender.Packet(time_, level), TransportId(100 + id));
  }
  uint32_t time_ = 0;  // of the talkers' timestamps
};

class AudioForwardingTest : public AudioSlotsTest {};

TEST_F(AudioSlotsTest, OfManyQuietTalkersTheFirstGetTheSlots) {
  for (uint32_t id = 11; id < 61; ++id) AddTalker(id);
  // A listener that talks itself, and was the first to come.
  for (uint32_t i = 0; i < 3; ++i) {
    AddSlot(ConsumerId(i + 1),
            AudioSlot(Ssrc(8000 + i), "a" + std::to_string(i), SlotMode::kLoudest), std::nullopt,
            TransportId(111));
  }
  Wait(milliseconds(1));
  std::set<uint32_t> heard;
  for (uint32_t i = 0; i < 3; ++i) {
    heard.insert(router_.GetConsumerStats(ConsumerId(i + 1), now_)->source->value());
  }
  EXPECT_THAT(heard, ElementsAre(12, 13, 14));
}

TEST_F(AudioSlotsTest, FewTalkersAllGetASlotAndNobodyHearsThemselves) {
  auto one = AddTalker(11);
  auto two = AddTalker(12);
  for (uint32_t i = 0; i < 3; ++i) {
    AddSlot(ConsumerId(i + 1),
            AudioSlot(Ssrc(8000 + i), "a" + std::to_string(i), SlotMode::kLoudest), std::nullopt);
  }
  AddSlot(ConsumerId(10), AudioSlot(Ssrc(8100), "b", SlotMode::kLoudest), std::nullopt,
          TransportId(111));
  Wait(milliseconds(1));
  std::set<uint32_t> heard;
  for (const auto& event : TakeEvents<ConsumerSourceChanged>()) {
    if (event.consumer == ConsumerId(10)) {
      EXPECT_EQ(event.producer, ProducerId(12));
    } else {
      heard.insert(event.producer.value());
    }
  }
  EXPECT_THAT(heard, ElementsAre(11, 12));
  Say(one, 11, 40);
  Say(two, 12, 40);
  EXPECT_THAT(TakeRtp(), SizeIs(2));
  EXPECT_THAT(TakeRtp(TransportId(111)), SizeIs(1));
}

TEST_F(AudioSlotsTest, ALoudOneTakesTheSlotOfAQuietOne) {
  auto quiet = AddTalker(11);
  auto loud = AddTalker(12);
  AddSlot(ConsumerId(1), AudioSlot(Ssrc(8000), "a", SlotMode::kLoudest), std::nullopt);
  Wait(milliseconds(1));
  EXPECT_EQ(router_.GetConsumerStats(ConsumerId(1), now_)->source, ProducerId(11));
  for (int i = 0; i < 200; ++i) {
    time_ += 960;
    Say(quiet, 11, 127);
    Say(loud, 12, i % 10 < 8 ? 15 : 70);
    Wait(milliseconds(20));
  }
  EXPECT_EQ(router_.GetConsumerStats(ConsumerId(1), now_)->source, ProducerId(12));
  bool told = false;
  for (const RtcEvent& event : out_.events) {
    const auto* speakers = std::get_if<ActiveSpeakersChanged>(&event);
    if (speakers != nullptr && !speakers->loudest.empty()) {
      told = speakers->loudest.front() == ProducerId(12);
    }
  }
  EXPECT_TRUE(told);
  // One stream, though two talked in it.
  const auto packets = TakeRtp();
  for (std::size_t i = 1; i < packets.size(); ++i) {
    ASSERT_EQ(packets[i].seq(), static_cast<uint16_t>(packets[i - 1].seq() + 1));
    const auto step = packets[i].timestamp() - packets[i - 1].timestamp();
    ASSERT_GE(step, 960U);
    ASSERT_LE(step, 960U * 3);
  }
}

// Five who hold the slots, one of them silent, and one who begins to speak.
TEST_F(AudioSlotsTest, TheFirstWordOfANewSpeakerIsNotClipped) {
  std::vector<OpusSender> holders;
  for (uint32_t id = 11; id < 16; ++id) holders.push_back(AddTalker(id));
  auto newcomer = AddTalker(16);
  for (uint32_t i = 0; i < 5; ++i) {
    AddSlot(ConsumerId(i + 1),
            AudioSlot(Ssrc(8000 + i), "a" + std::to_string(i), SlotMode::kLoudest), std::nullopt);
  }
  Wait(milliseconds(1));
  for (int i = 0; i < 100; ++i) {
    time_ += 960;
    for (uint32_t id = 11; id < 16; ++id) {
      const bool falls_silent = id == 13 && i > 50;
      Say(holders[id - 11], id, falls_silent || (i + 3 * id) % 12 < 3 ? 127 : 30);
    }
    Say(newcomer, 16, 127);
    Wait(milliseconds(20));
  }
  TakeRtp();
  TakeEvents<ConsumerSourceChanged>();
  // Right after the tick, so that nothing but the packet itself can do it.
  time_ += 960;
  Say(newcomer, 16, 35);
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(1));
  const auto events = TakeEvents<ConsumerSourceChanged>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].consumer, ConsumerId(3)) << "the slot of the one who is silent";
  EXPECT_EQ(events[0].producer, ProducerId(16));
}

TEST_F(AudioSlotsTest, WhoSpeaksWhileAllSpeakIsHeardAtTheFirstPause) {
  std::vector<OpusSender> talkers;
  for (uint32_t id = 11; id < 14; ++id) talkers.push_back(AddTalker(id));
  for (uint32_t i = 0; i < 2; ++i) {
    AddSlot(ConsumerId(i + 1),
            AudioSlot(Ssrc(8000 + i), "a" + std::to_string(i), SlotMode::kLoudest), std::nullopt);
  }
  const auto run = [&](int packets, uint8_t first, uint8_t second, uint8_t third) {
    for (int i = 0; i < packets; ++i) {
      time_ += 960;
      Say(talkers[0], 11, first);
      Say(talkers[1], 12, second);
      Say(talkers[2], 13, third);
      Wait(milliseconds(20));
    }
  };
  Wait(milliseconds(1));
  run(50, 30, 30, 127);
  run(25, 30, 30, 30);
  EXPECT_EQ(router_.GetConsumerStats(ConsumerId(1), now_)->source, ProducerId(11));
  EXPECT_EQ(router_.GetConsumerStats(ConsumerId(2), now_)->source, ProducerId(12));
  run(25, 30, 127, 30);
  EXPECT_EQ(router_.GetConsumerStats(ConsumerId(1), now_)->source, ProducerId(11));
  EXPECT_EQ(router_.GetConsumerStats(ConsumerId(2), now_)->source, ProducerId(13));
}

TEST_F(AudioSlotsTest, WhoLeavesIsReplaced) {
  AddTalker(11);
  AddTalker(12);
  AddSlot(ConsumerId(1), AudioSlot(Ssrc(8000), "a", SlotMode::kLoudest), std::nullopt);
  Wait(milliseconds(1));
  TakeEvents<ConsumerSourceChanged>();
  router_.RemoveProducer(ProducerId(11), now_, out_);
  Wait(milliseconds(1));
  const auto events = TakeEvents<ConsumerSourceChanged>();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].producer, ProducerId(0));
  EXPECT_EQ(events[1].producer, ProducerId(12));
}

TEST_F(AudioForwardingTest, PausesOfDtxStayPauses) {
  auto talker = AddTalker(11);
  AddSlot(ConsumerId(1), AudioSlot(Ssrc(8000), "a"), ProducerId(11));
  Say(talker, 11, 40);
  Wait(milliseconds(400));
  time_ += 400 * 48;
  Say(talker, 11, 127);
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(2));
  EXPECT_EQ(packets[1].seq(), static_cast<uint16_t>(packets[0].seq() + 1));
  EXPECT_EQ(packets[1].timestamp() - packets[0].timestamp(), 400U * 48);
}

TEST_F(AudioForwardingTest, ActivityIsTold) {
  auto talker = AddTalker(11);
  Say(talker, 11, 40);
  auto events = TakeEvents<ProducerActivityChanged>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_TRUE(events[0].active);
  Wait(seconds(4));
  events = TakeEvents<ProducerActivityChanged>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_FALSE(events[0].active);
}

TEST_F(AudioForwardingTest, AudioIsNeverAskedForKeyframes) {
  auto talker = AddTalker(11);
  Say(talker, 11, 40);
  DiscardOutput();
  AddSlot(ConsumerId(1), AudioSlot(Ssrc(8000), "a"), ProducerId(11));
  DeliverRtcp<Pli>(kSubscriber, [](Pli& pli) { pli.media = Ssrc(8000); });
  Wait(seconds(2));
  EXPECT_THAT(TakeRtcp<Pli>(TransportId(111)), IsEmpty());
}

}  // namespace
}  // namespace stellwerk
