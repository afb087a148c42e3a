#include "bench/sim/simulated_room.h"

#include <gtest/gtest.h>

#include "bench/sim/recording.h"
#include "bench/sim/scenario.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

Scenario SmallCall(uint64_t seed) {
  Scenario scenario;
  scenario.name = "small";
  scenario.duration = 4s;
  scenario.settled = 1s;
  Links links = FarLinks(20ms);
  links.down.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(5000));
  links.down.loss = 0.02;
  scenario.viewers = {{.links = links}};
  scenario.seed = seed;
  return scenario;
}

TEST(SimulatedRoom, RecordsWhatTheViewerGot) {
  const Scenario scenario = SmallCall(1);
  const Recording recording = RunScenario(scenario);
  EXPECT_EQ(recording.end - recording.start, scenario.duration);
  ASSERT_EQ(recording.viewers.size(), 1U);
  const ViewerRecording& viewer = recording.viewers.front();
  EXPECT_EQ(viewer.samples.size(), 40U);
  ASSERT_EQ(viewer.video.size(), 1U);
  const SlotRecording& slot = viewer.video.front();
  EXPECT_TRUE(slot.report.problems.empty()) << slot.report.problems.front();
  EXPECT_GT(slot.pictures.size(), 80U);
  EXPECT_TRUE(viewer.samples.back().shown.front().has_value());
  EXPECT_GT(viewer.downlink.lost, 0U);
  // What was delivered adds up.
  DataSize of_packets;
  for (const LinkDelivery& delivery : viewer.deliveries) {
    of_packets += delivery.size;
    EXPECT_GE(delivery.arrived - delivery.sent, 20ms);
  }
  EXPECT_EQ(of_packets, viewer.downlink.delivered_size);
  DataSize of_samples;
  for (const Sample& sample : viewer.samples) of_samples += sample.delivered * 100ms;
  EXPECT_NEAR(static_cast<double>(of_samples.bytes()), static_cast<double>(of_packets.bytes()),
              100);
}

TEST(SimulatedRoom, ABottleneckHoldsItsRateAndDelay) {
  SimulatedRoom room(5);
  room.policy.audio_slot_mode = SlotMode::kAssigned;
  ParticipantConfig talker;
  talker.audio = {AudioConfig{.source = 10, .payload_bytes = 500}};  // 200 kbit/s and headers
  Participant& publisher = room.Join(talker);
  ParticipantConfig listener;
  listener.audio_slots = 1;
  Links links = FarLinks(30ms);
  links.down.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(100));
  links.down.queue = {.max_time = 200ms};
  Participant& viewer = room.Join(listener, links);
  ASSERT_TRUE(room.RunUntil([&] { return publisher.connected() && viewer.connected(); }));
  room.Show(viewer, "0", publisher, "0");
  DataSize delivered;
  TimeDelta longest{};
  room.ObserveDownlink(viewer, [&](const LinkDelivery& delivery) {
    delivered += delivery.size;
    longest = std::max(longest, delivery.arrived - delivery.sent);
  });
  room.Run(10s);
  EXPECT_NEAR(static_cast<double>(delivered.bytes()), 125'000, 3000);
  EXPECT_NEAR(static_cast<double>(ToMilliseconds(longest)), 30 + 200, 50);
  EXPECT_GT(viewer.Slot("0")->report().lost, 100U);
}

TEST(SimulatedRoom, IsTheSameAgainFromTheSameSeed) {
  const auto arrivals = [](uint64_t seed) {
    std::vector<std::pair<int64_t, int64_t>> result;
    const Recording recording = RunScenario(SmallCall(seed));
    for (const LinkDelivery& delivery : recording.viewers.front().deliveries) {
      result.emplace_back((delivery.arrived - recording.start).count(), delivery.size.bytes());
    }
    return result;
  };
  EXPECT_EQ(arrivals(7), arrivals(7));
  EXPECT_NE(arrivals(7), arrivals(8));
}

}  // namespace
}  // namespace stellwerk::synthetic
