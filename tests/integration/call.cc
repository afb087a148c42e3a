#include "tests/integration/call.h"

#include <algorithm>

namespace stellwerk::integration {

using synthetic::MediaPlan;
using synthetic::RoomClient;
using synthetic::StreamReport;

namespace {

constexpr int kAudioSlots = 3;
constexpr int kVideoSlots = 3;

std::vector<std::string> SlotMids(RoomClient& client) {
  auto mids = client.participant()->MidsOf(MediaPlan::Role::kVideoSlot);
  const auto audio = client.participant()->MidsOf(MediaPlan::Role::kAudioSlot);
  mids.insert(mids.end(), audio.begin(), audio.end());
  return mids;
}

void ExpectReport(RoomClient& viewer, bool nothing_lost) {
  ASSERT_NE(viewer.participant(), nullptr);
  for (const auto& mid : SlotMids(viewer)) {
    const auto* slot = viewer.participant()->Slot(mid);
    if (slot == nullptr) continue;
    const StreamReport& report = slot->report();
    EXPECT_EQ(report.errors, 0U) << viewer.identity() << ", slot " << mid << ": "
                                 << testing::PrintToString(report.problems);
    if (nothing_lost) {
      EXPECT_EQ(report.lost, 0U) << viewer.identity() << ", slot " << mid;
    }
  }
  EXPECT_EQ(viewer.participant()->unexpected_packets(), 0U) << viewer.identity();
}

}  // namespace

void Call::StartServer(const std::vector<std::string>& flags) {
  TearDown();
  server_ = std::make_unique<ServerProcess>(flags);
  ASSERT_TRUE(server_->WaitUntilReady()) << server_->log();
  auto swarm = synthetic::Swarm::Create();
  ASSERT_TRUE(swarm.ok()) << swarm.status();
  swarm_ = *std::move(swarm);
  auto web = synthetic::WebClient::Create(swarm_->loop());
  ASSERT_TRUE(web.ok()) << web.status();
  web_ = *std::move(web);
}

RoomClient* Call::Join(const std::string& identity, uint32_t source, bool wait,
                       std::optional<Fingerprint> announced_fingerprint) {
  synthetic::ParticipantConfig media;
  media.audio = {synthetic::AudioConfig{.source = source}};
  media.video = {synthetic::VideoConfig{.source = 100 + source}};
  media.audio_slots = kAudioSlots;
  media.video_slots = kVideoSlots;
  media.announced_fingerprint = std::move(announced_fingerprint);
  clients_.push_back(std::make_unique<RoomClient>(
      *swarm_, *web_,
      synthetic::RoomClientConfig{.url = "ws://" + server_->address() + "/signal",
                                  .room = "tea",
                                  .identity = identity,
                                  .name = identity},
      media));
  RoomClient* client = clients_.back().get();
  client->Connect();
  if (wait) {
    EXPECT_TRUE(RunUntil([client] { return client->connected() || !client->error().empty(); }))
        << identity << " did not connect";
    EXPECT_EQ(client->error(), "");
  }
  return client;
}

void Call::Forget(RoomClient* client) {
  std::erase_if(clients_, [client](const auto& owned) { return owned.get() == client; });
}

bool Call::SeesMore(RoomClient& viewer, const std::vector<std::string>& whom, uint64_t frames) {
  std::vector<uint64_t> before;
  for (const auto& identity : whom) {
    const auto* video = viewer.VideoOf(identity);
    before.push_back(video == nullptr ? 0 : video->decodable);
  }
  return RunUntil([&] {
    for (std::size_t i = 0; i < whom.size(); ++i) {
      const auto* video = viewer.VideoOf(whom[i]);
      if (video == nullptr || video->decodable < before[i] + frames) return false;
    }
    return true;
  });
}

void Call::ExpectClean(RoomClient& viewer) { ExpectReport(viewer, true); }
void Call::ExpectNoErrors(RoomClient& viewer) { ExpectReport(viewer, false); }

std::vector<const StreamReport*> SlotReports(RoomClient& client) {
  std::vector<const StreamReport*> reports;
  for (const auto& mid : SlotMids(client)) {
    if (const auto* slot = client.participant()->Slot(mid)) reports.push_back(&slot->report());
  }
  return reports;
}

}  // namespace stellwerk::integration
