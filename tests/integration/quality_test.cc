// What participants say about how they want to see reaches publishers, and what they ask about how
// it is gets an answer: through the real processes and sockets.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/integration/call.h"

namespace stellwerk::integration {
namespace {

using nlohmann::json;
using synthetic::MediaPlan;
using synthetic::RoomClient;

class Quality : public Call {
 protected:
  void SetUp() override {
    Call::SetUp();
    if (HasFatalFailure()) return;
    ada_ = Join("ada", 1);
    bob_ = Join("bob", 2);
    ASSERT_TRUE(SeesMore(*bob_, {"ada"}, 10));
    ASSERT_TRUE(SeesMore(*ada_, {"bob"}, 10));
  }
  // The slot in which bob sees ada.
  std::string SlotOfAda() const {
    for (const auto& [mid, slot] : bob_->slots()) {
      const auto mids = bob_->participant()->MidsOf(MediaPlan::Role::kVideoSlot);
      if (slot.identity == "ada" && std::count(mids.begin(), mids.end(), mid) > 0) return mid;
    }
    return {};
  }
  // Packets of ada's largest encoding.
  uint64_t SentOfLargest() const {
    const auto mids = ada_->participant()->MidsOf(MediaPlan::Role::kVideoTrack);
    return ada_->participant()->Track(mids.at(0))->streams().back().stats().packets;
  }
  json Stats(RoomClient& client) {
    const json* before = client.stats();
    client.AskStats();
    EXPECT_TRUE(RunUntil([&] { return client.stats() != before; }));
    return client.stats() == nullptr ? json::object() : *client.stats();
  }

  RoomClient* ada_ = nullptr;
  RoomClient* bob_ = nullptr;
};

TEST_F(Quality, EncodingThatNobodyWatchesIsNotSentUntilSomebodyDoes) {
  ASSERT_FALSE(SlotOfAda().empty());
  bob_->SetDemand(SlotOfAda(), 90, std::nullopt);
  // It stops after a while.
  uint64_t sent = 0;
  for (int i = 0; i < 30 && sent != SentOfLargest(); ++i) {
    sent = SentOfLargest();
    RunFor(1s);
  }
  ASSERT_EQ(SentOfLargest(), sent) << ada_->encodings_messages() << " messages about encodings";
  EXPECT_TRUE(SeesMore(*bob_, {"ada"}, 10)) << "the small picture goes on";

  bob_->SetDemand(SlotOfAda(), 1080, std::nullopt);
  EXPECT_TRUE(RunUntil([&] { return SentOfLargest() > sent; }));
  EXPECT_TRUE(SeesMore(*bob_, {"ada"}, 10));
  ExpectClean(*bob_);
}

TEST_F(Quality, StatsTellHowItGoes) {
  RunFor(2s);
  const json stats = Stats(*bob_);
  EXPECT_GT(stats["transport"]["estimate"].get<int64_t>(), 0) << stats.dump(1);
  EXPECT_GT(stats["transport"]["sent"].get<int64_t>(), 0);
  EXPECT_EQ(stats["tracks"].size(), 2U);
  const auto& slots = stats["slots"];
  const auto slot = std::find_if(slots.begin(), slots.end(), [](const json& candidate) {
    return candidate["kind"] == "video" && candidate["identity"] == "ada";
  });
  ASSERT_NE(slot, slots.end()) << stats.dump(1);
  EXPECT_FALSE((*slot)["layer"].is_null()) << slot->dump(1);
  EXPECT_GT((*slot)["packets"].get<uint64_t>(), 10U);
  EXPECT_EQ((*slot)["freezes"], 0);
}

}  // namespace
}  // namespace stellwerk::integration
