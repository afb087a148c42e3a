#include "bench/sim/scenario_table.h"

#include <string>
#include <utility>

#include "bench/sim/mobile_trace.h"

namespace stellwerk::synthetic {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

DataRate Kbps(int64_t rate) { return DataRate::KilobitsPerSecond(rate); }

// A router's queue of a hundred full packets, for want of anything better.
constexpr QueueConfig kHundredPackets = {.max_size = DataSize::Bytes(150'000)};

// 50 ms of round trip.
Links Bottleneck(RateTrace capacity, QueueConfig queue = kHundredPackets) {
  return {.up = {.delay = milliseconds(25)},
          .down = {.capacity = std::move(capacity), .delay = milliseconds(25), .queue = queue}};
}

// One large picture that just fits into 3 Mbit/s with its sound.
VideoConfig LargeCamera() {
  VideoConfig camera;
  camera.layers = {
      {"q", {320, 180}, Kbps(150)}, {"h", {640, 360}, Kbps(600)}, {"f", {1280, 720}, Kbps(2200)}};
  return camera;
}

// Nine three-layer slots that want more than there is: 9 x 1.5 Mbit/s and sound.
Scenario Constant(std::string name, int64_t kbps) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.about = "a constant bottleneck of " + std::to_string(kbps) +
                   " kbit/s, nine three-layer slots that want more";
  scenario.publishers = 9;
  scenario.viewers = {{.links = Bottleneck(RateTrace::Constant(Kbps(kbps))), .video_slots = 9}};
  // Where not even the lowest layers of all fit, some are left out.
  const uint64_t dark = kbps < 9 * 60 ? 9 : 0;
  scenario.bars = {.max_dark_slots = dark,
                   .min_estimate_ratio = 0.85,
                   .max_estimate_ratio = 1.05,
                   .min_utilisation = 0.85,
                   .max_p95_queueing = milliseconds(100)};
  return scenario;
}

Scenario Drop(std::string name, std::string about, std::size_t publishers, VideoConfig camera) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.about = std::move(about);
  scenario.duration = seconds(45);
  scenario.drops = seconds(15);
  scenario.returns = seconds(30);
  scenario.publishers = publishers;
  scenario.camera = std::move(camera);
  const RateTrace trace = {.points = {{seconds(0), Kbps(3000)},
                                      {*scenario.drops, Kbps(500)},
                                      {*scenario.returns, Kbps(3000)}}};
  scenario.viewers = {{.links = Bottleneck(trace), .video_slots = static_cast<int>(publishers)}};
  scenario.bars = {.max_overshoot = milliseconds(1500),
                   .max_audio_loss_after_drop = 0.01,
                   .max_full_again = seconds(5)};
  return scenario;
}

Scenario Loss(std::string name, double loss, double loss_up) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.about = std::to_string(static_cast<int>(loss * 100)) + " % random loss to the viewer" +
                   (loss_up > 0 ? " and as much on the way back" : "") + ", 50 ms RTT, 5 Mbit/s";
  scenario.publishers = 2;
  Links links = Bottleneck(RateTrace::Constant(Kbps(5000)));
  links.down.loss = loss;
  links.up.loss = loss_up;
  scenario.viewers = {{.links = links, .video_slots = 2}};
  // Where requests and reports get lost as well, some repairs need a third attempt.
  scenario.bars = {.min_decodable_in_400ms = loss_up > 0 ? 0.99 : 0.995};
  return scenario;
}

Scenario Jitter() {
  Scenario scenario = Constant("jitter_50ms", 2000);
  scenario.about = "50 ms of jitter in order behind a bottleneck of 2 Mbit/s, nine slots";
  scenario.viewers.front().links.down.jitter = {.amount = milliseconds(50),
                                                .correlation_time = milliseconds(20)};
  scenario.bars.min_estimate_ratio = 0.7;
  scenario.bars.min_utilisation = 0.7;
  return scenario;
}

Scenario Reordering() {
  Scenario scenario = Constant("reordering", 2000);
  scenario.about = "packets overtake each other by up to 20 ms, 2 Mbit/s, nine slots";
  scenario.viewers.front().links.down.jitter = {
      .shape = JitterConfig::Shape::kUniform, .amount = milliseconds(10), .reorder = true};
  scenario.bars.min_estimate_ratio = 0.7;
  scenario.bars.min_utilisation = 0.7;
  return scenario;
}

Scenario Mobile() {
  Scenario scenario;
  scenario.name = "mobile";
  scenario.about = "an LTE-like capacity between 0.3 and 9 Mbit/s with gaps, 80 ms RTT, four slots";
  scenario.duration = seconds(70);
  scenario.publishers = 4;
  Links links =
      Bottleneck(MobileTrace{}.Make(seconds(70), 5), {.max_size = DataSize::Bytes(400'000)});
  links.up.delay = links.down.delay = milliseconds(40);
  links.down.jitter = {.amount = milliseconds(5), .correlation_time = milliseconds(5)};
  scenario.viewers = {{.links = links, .video_slots = 4}};
  scenario.bars = {.min_utilisation = 0.5};
  return scenario;
}

Scenario Bufferbloat() {
  Scenario scenario = Constant("bufferbloat", 1500);
  scenario.about = "1.5 Mbit/s with a queue of 2 s, nine slots: the queue must not be filled";
  scenario.viewers.front().links.down.queue = {.max_size = DataSize::Bytes(375'000)};
  return scenario;
}

Scenario ActiveQueue() {
  Scenario scenario = Constant("codel", 2000);
  scenario.about = "2 Mbit/s behind CoDel, nine slots";
  scenario.viewers.front().links.down.queue.kind = QueueConfig::Kind::kCoDel;
  scenario.bars.min_estimate_ratio = 0.7;
  scenario.bars.min_utilisation = 0.7;
  return scenario;
}

Scenario Policed() {
  Scenario scenario = Constant("policer", 2000);
  scenario.about = "a policer of 2 Mbit/s that drops and never delays, nine slots";
  LinkConfig& down = scenario.viewers.front().links.down;
  down.capacity = {};
  down.policer = Policer{.rate = Kbps(2000), .burst = DataSize::Bytes(60'000)};
  // Every probe of the start passes the bucket, and then nearly everything is lost.
  scenario.bars = {.max_p95_queueing = milliseconds(100),
                   .min_decodable_in_400ms = 0.9,
                   .max_frozen = seconds(60)};
  return scenario;
}

Scenario Competing() {
  Scenario scenario = Constant("cross_traffic", 3000);
  scenario.about = "3 Mbit/s of which others take 1 Mbit/s every second 10 s, nine slots";
  scenario.viewers.front().links.down.cross_traffic = {
      {.rate = Kbps(1000), .start = seconds(10), .on = seconds(10), .off = seconds(10)}};
  scenario.bars = {.min_utilisation = 0.6, .max_p95_queueing = milliseconds(200)};
  return scenario;
}

Scenario FeedbackLoss() {
  Scenario scenario = Constant("feedback_loss", 2000);
  scenario.about = "20 % of the way back is lost and it has 64 kbit/s, 2 Mbit/s down, nine slots";
  LinkConfig& up = scenario.viewers.front().links.up;
  up.loss = 0.2;
  up.capacity = RateTrace::Constant(Kbps(64));
  scenario.bars.min_estimate_ratio = 0.7;
  scenario.bars.min_utilisation = 0.7;
  return scenario;
}

Scenario BurstyLoss() {
  Scenario scenario = Loss("burst_loss", 0, 0);
  scenario.about = "bursts of 5 lost packets, 3 % in all, 50 ms RTT, 5 Mbit/s";
  scenario.viewers.front().links.down.burst_loss =
      BurstLoss{.enter_bad = 0.03 / 0.97 / 5, .leave_bad = 0.2};
  return scenario;
}

Scenario ManyLinks() {
  Scenario scenario;
  scenario.name = "twenty_links";
  scenario.about = "20 receivers of one publisher, from 200 kbit/s to 4 Mbit/s, 10 to 150 ms away";
  scenario.duration = seconds(30);
  scenario.camera = LargeCamera();
  for (int i = 0; i < 20; ++i) {
    Links links = Bottleneck(RateTrace::Constant(Kbps(200 + i * 200)));
    links.up.delay = links.down.delay = milliseconds(5 + (i * 7 % 20) * 3);
    scenario.viewers.push_back({.links = links, .joins = milliseconds(100 * i)});
  }
  scenario.bars = {.max_p95_queueing = milliseconds(100), .max_missing = 0};
  return scenario;
}

Scenario Rush() {
  Scenario scenario;
  scenario.name = "two_hundred_join";
  scenario.about = "200 subscribers join one publisher within one second";
  scenario.duration = seconds(5);
  scenario.settled = seconds(2);
  // One has two hundred viewers, and is dear.
  scenario.calls = 1;
  Links links = Bottleneck(RateTrace::Constant(Kbps(10'000)));
  links.up.delay = links.down.delay = milliseconds(20);
  scenario.viewers = {{.links = links, .count = 200, .between = milliseconds(5)}};
  scenario.bars = {
      .max_p95_first_frame = milliseconds(800), .max_join_keyframe_requests = 2, .max_missing = 0};
  return scenario;
}

Scenario Switching(std::string name, VideoConfig camera) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.about = "a slot that is pointed at another publisher each second";
  scenario.duration = seconds(20);
  scenario.settled = seconds(2);
  scenario.publishers = 4;
  scenario.camera = std::move(camera);
  scenario.viewers = {
      {.links = Bottleneck(RateTrace::Constant(Kbps(5000))), .video_slots = 2, .audio_slots = 2}};
  for (int i = 3; i < 18; ++i) {
    scenario.switches.push_back(
        {seconds(i), static_cast<std::size_t>(i % 2), static_cast<std::size_t>(i % 4)});
  }
  scenario.bars = {.max_missing = 0, .max_skew = milliseconds(80)};
  return scenario;
}

}  // namespace

std::vector<Scenario> AllScenarios() {
  return {
      Constant("constant_300k", 300),
      Constant("constant_1m", 1000),
      Constant("constant_3m", 3000),
      Constant("constant_10m", 10'000),
      Drop("drop", "3 Mbit/s, for 15 s 500 kbit/s, then 3 Mbit/s again; one large picture", 1,
           LargeCamera()),
      Drop("drop_vp9_svc", "the same with VP9 SVC", 1,
           [] {
             VideoConfig camera = SvcConfig(0, Codec::kVp9, "L3T3");
             camera.layers.front().bitrate = Kbps(2200);
             return camera;
           }()),
      Drop("drop_nine_slots", "the same with nine slots", 9, {}),
      Jitter(),
      Reordering(),
      Loss("loss_2", 0.02, 0),
      Loss("loss_5", 0.05, 0),
      Loss("loss_10", 0.10, 0),
      Loss("loss_10_both_ways", 0.10, 0.10),
      BurstyLoss(),
      Mobile(),
      Bufferbloat(),
      ActiveQueue(),
      Policed(),
      Competing(),
      FeedbackLoss(),
      ManyLinks(),
      Rush(),
      Switching("switching", {}),
      Switching("switching_vp9_svc", SvcConfig(0, Codec::kVp9, "L3T3_KEY")),
      Switching("switching_av1_svc", SvcConfig(0, Codec::kAv1, "L3T3")),
  };
}

std::optional<Scenario> FindScenario(std::string_view name) {
  for (Scenario& scenario : AllScenarios()) {
    if (scenario.name == name) return std::move(scenario);
  }
  return std::nullopt;
}

}  // namespace stellwerk::synthetic
