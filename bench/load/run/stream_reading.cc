#include "bench/load/run/stream_reading.h"

#include <algorithm>

namespace stellwerk::load {
namespace {

using synthetic::MediaPlan;
using synthetic::Participant;
using synthetic::SlotReceiver;
using synthetic::Verification;

void TakeEarlier(const std::optional<Timestamp>& at, std::optional<Timestamp>& earliest) {
  if (at && (!earliest || *at < *earliest)) earliest = at;
}

Verification VerificationOf(const ReadingOptions& options) {
  switch (options.scenario.verify) {
    case Verify::kAll:
      return Verification::kAll;
    case Verify::kNone:
      return Verification::kNone;
    case Verify::kSample:
      return options.verified ? Verification::kAll : Verification::kUntilFirstDecodable;
  }
  return Verification::kAll;
}

template <typename F>
void ForEachSlotOf(const Participant& transport, MediaPlan::Role role, F&& f) {
  for (const MediaPlan& plan : transport.media()) {
    if (plan.role != role) continue;
    if (const SlotReceiver* slot = transport.Slot(plan.mid)) f(plan.mid, *slot);
  }
}

}  // namespace

void BeginReading(Participant& transport, const ReadingOptions& options) {
  transport.SetVerification(VerificationOf(options));
}

void ReadFirsts(const Participant& transport, bool of_video, JoinSteps& steps) {
  TakeEarlier(transport.reception().first_arrival, steps.first_packet);
  const auto role = of_video ? MediaPlan::Role::kVideoSlot : MediaPlan::Role::kAudioSlot;
  ForEachSlotOf(transport, role, [&](const std::string&, const SlotReceiver& slot) {
    TakeEarlier(slot.report().first_decodable, steps.first_frame);
  });
}

void ReadVideo(const SlotReceiver& slot, Timestamp now, Tally& tally) {
  const synthetic::StreamReport& report = slot.report();
  tally.frames += report.frames + report.frames_lost;
  tally.undecodable += report.frames + report.frames_lost - report.decodable;
  const auto freezes = slot.FreezesUntil(now);
  tally.freezes += freezes.count;
  tally.frozen += freezes.time;
  if (report.first_decodable && slot.judging()) tally.viewed += now - *report.first_decodable;
  tally.frame_latency.Merge(report.decodable_after);
}

void ReadReception(const Participant& transport, const std::string& whose, Tally& tally) {
  tally.reception += transport.reception();
  tally.jitter.Merge(transport.jitter());
  for (const auto role : {MediaPlan::Role::kAudioSlot, MediaPlan::Role::kVideoSlot}) {
    ForEachSlotOf(transport, role, [&](const std::string& mid, const SlotReceiver& slot) {
      tally.errors += slot.report().errors;
      for (const std::string& problem : slot.report().problems) {
        tally.AddProblem(whose + ", m-line " + mid + ": " + problem);
      }
    });
  }
}

void ExpectSource(Participant& transport, uint32_t source, bool expected, Timestamp now) {
  for (const MediaPlan& plan : transport.media()) {
    if (plan.role != MediaPlan::Role::kVideoSlot) continue;
    const SlotReceiver* slot = transport.Slot(plan.mid);
    if (slot == nullptr || !slot->report().current_source) continue;
    if (slot->report().current_source->first == source) {
      transport.SetExpected(plan.mid, expected, now);
    }
  }
}

uint64_t CountFreezes(const Participant& transport, Timestamp now) {
  uint64_t count = 0;
  ForEachSlotOf(
      transport, MediaPlan::Role::kVideoSlot,
      [&](const std::string&, const SlotReceiver& slot) { count += slot.FreezesUntil(now).count; });
  return count;
}

void ReadSent(Participant& transport, SentTotals& sent) {
  for (const MediaPlan& plan : transport.media()) {
    const synthetic::PublishedTrack* track = transport.Track(plan.mid);
    if (track == nullptr) continue;
    for (const auto& stream : track->streams()) {
      sent.packets += stream.stats().packets;
      sent.bytes += stream.stats().bytes;
    }
  }
}

}  // namespace stellwerk::load
