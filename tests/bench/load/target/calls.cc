#include "tests/bench/load/target/calls.h"

#include <algorithm>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk::load {
namespace {

using synthetic::MediaPlan;
using synthetic::Participant;
using synthetic::SlotReceiver;

// Calls `visit` for each slot of the call that there is.
void ForEachSlot(const Call& call, const std::function<void(const SlotReceiver&)>& visit) {
  for (const Participant* transport : call.transports()) {
    for (const MediaPlan& plan : transport->media()) {
      const SlotReceiver* slot = transport->Slot(plan.mid);
      if (slot != nullptr) visit(*slot);
    }
  }
}

}  // namespace

void Calls::MakeSwarm(IpAddress local) {
  auto swarm = synthetic::Swarm::Create({.local = {local, 0}});
  ASSERT_TRUE(swarm.ok()) << swarm.status();
  swarm_ = *std::move(swarm);
  auto web = synthetic::WebClient::Create(swarm_->loop());
  ASSERT_TRUE(web.ok()) << web.status();
  web_ = *std::move(web);
}

void Calls::TearDown() {
  calls_.clear();
  if (target_ != nullptr) target_->Finish();
  target_.reset();
  web_.reset();
  swarm_.reset();
}

void Calls::Open(TargetOptions options, const std::vector<std::string>& rooms) {
  options.patience = kPatience;
  auto target = OpenTarget(options, *swarm_, *web_);
  ASSERT_TRUE(target.ok()) << target.status();
  target_ = *std::move(target);
  const auto status = target_->Prepare(rooms);
  ASSERT_TRUE(status.ok()) << status;
}

std::string Calls::ErrorOf(TargetOptions options) {
  options.patience = kPatience;
  auto target = OpenTarget(options, *swarm_, *web_);
  absl::Status status = target.status();
  const std::vector<std::string> rooms = {"tea"};
  if (target.ok()) status = (*target)->Prepare(rooms);
  return std::string(status.message());
}

CallConfig Calls::Publisher(const std::string& identity, uint32_t source) {
  CallConfig config{.room = "tea", .identity = identity, .media = {}};
  config.media.data = false;
  config.media.audio = {synthetic::AudioConfig{.source = source}};
  config.media.video = {synthetic::VideoConfig{.source = 100 + source}};
  return config;
}

CallConfig Calls::WithSlots(CallConfig config, int audio, int video) {
  config.media.data = false;
  config.media.audio_slots = audio;
  config.media.video_slots = video;
  return config;
}

Call* Calls::Join(CallConfig config) {
  STELLWERK_CHECK(target_ != nullptr);
  calls_.push_back(target_->NewCall(std::move(config)));
  calls_.back()->Join();
  return calls_.back().get();
}

bool Calls::WaitUntilUp(const std::vector<Call*>& calls) {
  const bool settled = RunUntil([&] {
    return std::all_of(calls.begin(), calls.end(),
                       [](const Call* call) { return call->state() != Call::State::kJoining; });
  });
  for (const Call* call : calls) EXPECT_EQ(call->error(), "");
  return settled && std::all_of(calls.begin(), calls.end(),
                                [](const Call* call) { return call->state() == Call::State::kUp; });
}

uint64_t Calls::FramesOf(const Call& call, uint32_t source) {
  uint64_t frames = 0;
  ForEachSlot(call, [&](const SlotReceiver& slot) {
    for (const auto& [mark, count] : slot.report().frames_by_source) {
      if (mark.first == source) frames += count;
    }
  });
  return frames;
}

bool Calls::Receives(const Call& viewer, uint32_t source) {
  const uint64_t before = FramesOf(viewer, source);
  return RunUntil([&] { return FramesOf(viewer, source) >= before + 10; });
}

std::vector<std::string> Calls::Problems(const Call& call) {
  std::vector<std::string> problems;
  ForEachSlot(call, [&](const SlotReceiver& slot) {
    problems.insert(problems.end(), slot.report().problems.begin(), slot.report().problems.end());
  });
  return problems;
}

int Calls::EncodingOf(const Call& call, uint32_t source) {
  int encoding = -1;
  ForEachSlot(call, [&](const SlotReceiver& slot) {
    const auto& current = slot.report().current_source;
    if (current && current->first == source) encoding = current->second;
  });
  return encoding;
}

}  // namespace stellwerk::load
