// Three synthetic participants through the real processes and sockets.
#include <signal.h>

#include <algorithm>

#include "tests/integration/call.h"

namespace stellwerk::integration {
namespace {

using synthetic::MediaPlan;
using synthetic::RoomClient;
using synthetic::StreamReport;

constexpr uint64_t kTwoSeconds = 60;  // frames of video

class Conference : public Call {
 protected:
  void SetUp() override {
    Call::SetUp();
    if (HasFatalFailure()) return;
    ada_ = Join("ada", 1);
    bob_ = Join("bob", 2);
    cleo_ = Join("cleo", 3);
    ASSERT_TRUE(SeesMore(*ada_, {"bob", "cleo"}, 10));
    ASSERT_TRUE(SeesMore(*bob_, {"ada", "cleo"}, 10));
    ASSERT_TRUE(SeesMore(*cleo_, {"ada", "bob"}, 10));
  }

  RoomClient* ada_ = nullptr;
  RoomClient* bob_ = nullptr;
  RoomClient* cleo_ = nullptr;
};

TEST_F(Conference, EveryoneSeesAndHearsTheOthersWithoutAFault) {
  ASSERT_TRUE(SeesMore(*ada_, {"bob", "cleo"}, kTwoSeconds));
  const std::vector<uint32_t> audio_marks = {1, 2, 3};
  const std::vector<RoomClient*> all = {ada_, bob_, cleo_};
  for (std::size_t i = 0; i < all.size(); ++i) {
    ExpectClean(*all[i]);
    for (std::size_t other = 0; other < all.size(); ++other) {
      uint64_t heard = 0;
      uint64_t seen = 0;
      for (const StreamReport* report : SlotReports(*all[i])) {
        heard += report->FramesOf(audio_marks[other]);
        seen += report->FramesOf(100 + audio_marks[other]);
      }
      if (other == i) {
        EXPECT_EQ(heard + seen, 0U) << "nobody gets their own media back";
      } else {
        EXPECT_GT(heard, 50U) << all[i]->identity() << " hears " << all[other]->identity();
        EXPECT_GT(seen, kTwoSeconds) << all[i]->identity() << " sees " << all[other]->identity();
      }
    }
  }
}

TEST_F(Conference, PublishersGetTransportWideFeedback) {
  ASSERT_TRUE(RunUntil([&] { return ada_->participant()->transport_feedback_received() > 20; }));
}

TEST_F(Conference, NothingIsOutOfSequenceAfterManySlotSwitches) {
  const std::string mid = ada_->participant()->MidsOf(MediaPlan::Role::kVideoSlot).front();
  const auto* slot = ada_->participant()->Slot(mid);
  ASSERT_NE(slot, nullptr);
  constexpr uint64_t kSwitches = 8;
  // The mark of what the slot shows must follow what was asked for.
  for (uint64_t i = 0; i < kSwitches; ++i) {
    const bool to_bob = i % 2 == 0;
    const uint32_t mark = to_bob ? 102 : 103;
    ada_->View(mid, to_bob ? "bob" : "cleo");
    const uint64_t frames = slot->report().FramesOf(mark);
    ASSERT_TRUE(RunUntil([&] { return slot->report().FramesOf(mark) >= frames + 15; }))
        << "switch " << i;
  }
  EXPECT_GE(slot->report().switches, kSwitches - 1);
  for (RoomClient* client : {ada_, bob_, cleo_}) ExpectClean(*client);
}

TEST_F(Conference, ALayerChosenByHandArrivesWithoutAGap) {
  const std::string mid = ada_->participant()->MidsOf(MediaPlan::Role::kVideoSlot).front();
  const auto* slot = ada_->participant()->Slot(mid);
  ASSERT_NE(slot, nullptr);
  for (const int layer : {0, 2, 1}) {
    ada_->View(mid, "bob", std::pair(layer, 2));
    ASSERT_TRUE(RunUntil([&] {
      const auto current = slot->report().current_source;
      return current && current->first == 102 && current->second == layer;
    })) << "layer "
        << layer;
    ASSERT_TRUE(SeesMore(*ada_, {"bob"}, 10));
  }
  ExpectClean(*ada_);
}

TEST_F(Conference, TenPercentLossIsHealed) {
  // Loss is seeded, in both directions, and spares nobody's RTX. Audio has no RTX, so it is judged
  // by its faults only.
  const synthetic::Impairment ten_percent{.send_loss = 0.1, .receive_loss = 0.1};
  for (RoomClient* client : {ada_, bob_, cleo_}) {
    swarm_->SetImpairment(*client->participant(), ten_percent);
  }
  ASSERT_TRUE(SeesMore(*ada_, {"bob", "cleo"}, 4 * kTwoSeconds));
  for (RoomClient* client : {ada_, bob_, cleo_}) {
    swarm_->SetImpairment(*client->participant(), {});
  }
  RunFor(1s);  // what was lost last is still being repaired
  uint64_t repaired = 0;
  for (RoomClient* client : {ada_, bob_, cleo_}) {
    ExpectNoErrors(*client);
    for (const auto& mid : client->participant()->MidsOf(MediaPlan::Role::kVideoSlot)) {
      const auto* slot = client->participant()->Slot(mid);
      if (slot == nullptr || slot->report().frames == 0) continue;
      const StreamReport& report = slot->report();
      repaired += report.repaired;
      EXPECT_EQ(report.lost, 0U) << client->identity() << ", slot " << mid;
      EXPECT_GT(static_cast<double>(report.decodable), 0.99 * static_cast<double>(report.frames))
          << client->identity() << ", slot " << mid;
    }
  }
  EXPECT_GT(repaired, 100U) << "the impairment did nothing";
}

TEST_F(Conference, APublishersRestartLosesNothingElse) {
  Forget(bob_);
  bob_ = Join("bob-again", 4);
  ASSERT_TRUE(SeesMore(*ada_, {"bob-again", "cleo"}, kTwoSeconds));
  ASSERT_TRUE(SeesMore(*bob_, {"ada", "cleo"}, kTwoSeconds));
  for (RoomClient* client : {ada_, bob_, cleo_}) ExpectClean(*client);
}

TEST_F(Conference, ASubscribersIceRestartOnANewAddressLosesNothingElse) {
  const auto* video = ada_->VideoOf("bob");
  ASSERT_NE(video, nullptr);
  const int answers = ada_->answers();
  ASSERT_TRUE(swarm_->MoveToNewSocket(*ada_->participant()).ok());
  ada_->participant()->RestartIce();
  ada_->SendOffer();
  ASSERT_TRUE(RunUntil([&] { return ada_->answers() > answers; }));
  ASSERT_TRUE(SeesMore(*ada_, {"bob", "cleo"}, kTwoSeconds));
  EXPECT_EQ(ada_->reconnects(), 0) << "DTLS and SRTP carry on";
  ExpectNoErrors(*ada_);
  for (RoomClient* client : {bob_, cleo_}) ExpectClean(*client);
}

TEST_F(Conference, ALateJoinerNeverWaitsForAnAccidentalKeyframe) {
  RoomClient* dora = Join("dora", 4);
  ASSERT_TRUE(SeesMore(*dora, {"ada", "bob", "cleo"}, 1));
  ASSERT_TRUE(SeesMore(*ada_, {"dora"}, 1));
  for (RoomClient* client : {ada_, bob_, cleo_, dora}) ExpectClean(*client);
}

TEST_F(Conference, AMessageReachesAllOthersOrOne) {
  ASSERT_TRUE(RunUntil([&] {
    return ada_->participant()->data_ready() && bob_->participant()->data_ready() &&
           cleo_->participant()->data_ready();
  }));
  const Timestamp now = swarm_->Now();
  const auto say = [&](const std::string& label, const std::string& text) {
    const auto stream = ada_->participant()->OpenChannel({.label = label}, now, swarm_->outbox());
    ASSERT_TRUE(stream.ok()) << stream.status();
    ASSERT_TRUE(ada_->participant()->Send(*stream, text, now, swarm_->outbox()).has_value());
    swarm_->Flush();
  };
  say("chat", "to all");
  say("to:bob", "to one");
  const auto heard = [](RoomClient& client, const std::string& text) {
    const auto& messages = client.participant()->messages();
    return std::count_if(messages.begin(), messages.end(),
                         [&](const auto& message) { return message.bytes == text; });
  };
  ASSERT_TRUE(RunUntil([&] {
    return heard(*bob_, "to all") == 1 && heard(*cleo_, "to all") == 1 &&
           heard(*bob_, "to one") == 1;
  }));
  RunFor(500ms);
  EXPECT_EQ(heard(*cleo_, "to one"), 0);
  EXPECT_TRUE(ada_->participant()->messages().empty()) << "nobody hears themselves";
  const auto& channels = bob_->participant()->channels();
  EXPECT_TRUE(std::any_of(channels.begin(), channels.end(), [](const auto& channel) {
    return channel.label == "chat" && channel.protocol == "from:ada";
  })) << "the receiver learns who speaks";
}

TEST_F(Conference, AKilledWorkerIsReplacedAndEveryoneComesBack) {
  const auto workers = server_->worker_pids();
  ASSERT_EQ(workers.size(), 1U);
  kill(workers.front(), SIGKILL);
  ASSERT_TRUE(RunUntil(
      [&] { return ada_->reconnects() > 0 && bob_->reconnects() > 0 && cleo_->reconnects() > 0; }));
  ASSERT_TRUE(
      RunUntil([&] { return ada_->connected() && bob_->connected() && cleo_->connected(); }));
  ASSERT_TRUE(SeesMore(*ada_, {"bob", "cleo"}, kTwoSeconds));
  ASSERT_TRUE(SeesMore(*bob_, {"ada", "cleo"}, kTwoSeconds));
  const auto successors = server_->worker_pids();
  ASSERT_EQ(successors.size(), 1U);
  EXPECT_NE(successors.front(), workers.front());
  for (RoomClient* client : {ada_, bob_, cleo_}) ExpectClean(*client);
}

}  // namespace
}  // namespace stellwerk::integration
