// What a room does by itself: feedback and reports when they are due, and a tick, ten times a
// second while there is media, for everything that watches who is there and who speaks.
#include <algorithm>
#include <utility>

#include "rtc/base/deadline_grid.h"
#include "rtc/router/loudest_slots.h"
#include "rtc/router/room.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimeDelta kTick = milliseconds(100);
constexpr TimeDelta kReportInterval = seconds(1);
// Of more than these nobody could make out a word anyway.
constexpr std::size_t kMaxWaitingSpeakers = 8;
// Without media for so long, a producer has gone silent. Longer than any pause of DTX (Opus: 400
// ms) or a screen share.
constexpr TimeDelta kInactiveAfter = seconds(3);

}  // namespace

void Router::Room::HandleTimeout(Timestamp now, RtcOutbox& out) {
  // Who comes and goes concerns the `loudest` slots at once; all else waits for the tick.
  if (now >= next_tick_) {
    Tick(now, out);
  } else if (now >= next_loudest_) {
    UpdateSpeakers(now, out);
  }
  while (const auto due = producer_deadlines_.PopDue(now)) {
    Producer& producer = *FindSource(*due)->producer;
    feedback_.clear();
    producer.HandleTimeout(now, feedback_);
    SendFeedback(*FindTransport(producer.transport()), feedback_, out);
    Schedule(producer);
  }
  // Whatever is due at once again waits for the next turn.
  due_.clear();
  while (const auto due = transport_deadlines_.PopDue(now)) due_.push_back(*due);
  for (const TransportId due : due_) HandleTimeout(*FindTransport(due), now, out);
}

void Router::Room::HandleTimeout(Transport& transport, Timestamp now, RtcOutbox& out) {
  transport.scheduled = kNever;
  FlushTransportCc(transport, now, out);
  if (now >= transport.next_report) {
    SendReports(transport, now, out);
    DrawReportTime(transport, now);
  }
  transport.downlink.HandleTimeout(now);
  FollowEstimate(transport, now, out);
  Schedule(transport);
}

void Router::Room::Schedule(Transport& transport) {
  // A deadline that has moved away costs one needless wake-up, which is less than to follow it.
  const Timestamp next = std::min({transport.next_report, transport.transport_cc.NextTimeout(),
                                   transport.downlink.NextTimeout()});
  if (next >= transport.scheduled) return;
  transport.scheduled = next;
  transport_deadlines_.Set(transport.id, next);
}

void Router::Room::Schedule(const Producer& producer) {
  producer_deadlines_.Set(producer.id(), producer.NextTimeout());
}

void Router::Room::DrawReportTime(Transport& transport, Timestamp now) {
  // RFC 3550 §6.3.1: randomised, lest all report at once.
  const auto tenth = kReportInterval / 10;
  transport.next_report = OnDeadlineGrid(now + kReportInterval - tenth +
                                         TimeDelta(random_.NextU32() % (2 * tenth.count())));
}

void Router::Room::FlushTransportCc(Transport& transport, Timestamp now, RtcOutbox& out) {
  if (now < transport.transport_cc.NextTimeout()) return;
  for (TransportFeedback& message :
       transport.transport_cc.HandleTimeout(now, transport.rtcp_ssrc, transport.last_media_ssrc)) {
    // Each alone: several need not fit one datagram.
    feedback_.clear();
    feedback_.emplace_back(std::move(message));
    SendFeedback(transport, feedback_, out);
  }
}

void Router::Room::Tick(Timestamp now, RtcOutbox& out) {
  next_tick_ = sources_.empty() ? kNever : NearestOnGrid(now + kTick);
  for (auto& [id, source] : sources_) CheckSource(*source, now, out);
  UpdateSpeakers(now, out);
  for (auto& [id, transport] : transports_) Reallocate(*transport, now, out);
  for (auto& [id, source] : sources_) UpdateEncodingsWanted(*source, now, out);
}

void Router::Room::CheckSource(Source& source, Timestamp now, RtcOutbox& out) {
  if (source.last_media && now - *source.last_media > kInactiveAfter) {
    source.last_media.reset();
    out.events.emplace_back(
        ProducerActivityChanged{.producer = source.producer->id(), .active = false});
  }
  if (source.producer->is_audio()) return;
  for (ReceiveStream& stream : source.producer->streams()) stream.history.Expire(now);
  UpdateOptions(source, now);
  UpdateActiveEncodings(source, now);
  for (Slot* slot : source.slots) {
    const auto awaited = slot->consumer->AwaitedEncoding();
    // A keyframe came but did not do, for instance because its first packet was lost.
    if (awaited && slot->asked_for == awaited &&
        !source.producer->streams()[*awaited].keyframe.wanted()) {
      AskForKeyframe(*slot, KeyframeReason::kRecovery, now, out);
    }
  }
}

bool Router::Room::UpdateActiveEncodings(Source& source, Timestamp now) {
  const uint32_t active = source.producer->ActiveEncodings(now);
  if (active == source.active_encodings) return false;
  source.active_encodings = active;
  for (Slot* slot : source.slots) slot->consumer->OnActiveEncodings(active);
  return true;
}

void Router::Room::UpdateSpeakers(Timestamp now, RtcOutbox& out) {
  if (ranking_.Update(now, levels_)) {
    const auto loudest = ranking_.ranking();
    out.events.emplace_back(ActiveSpeakersChanged{
        .router = id_, .loudest = std::vector<ProducerId>(loudest.begin(), loudest.end())});
    next_loudest_ = now;
  }
  if (std::exchange(next_loudest_, kNever) <= now) {
    for (auto& [id, transport] : transports_) FillLoudest(*transport, now, out);
  }
  // Who began to speak while all slots carried speech has waited for one of them to pause.
  MakeHeard(levels_.Speaking(now, kMaxWaitingSpeakers), now, out);
}

void Router::Room::FillLoudest(Transport& transport, Timestamp now, RtcOutbox& out) {
  std::vector<Slot*> slots;
  std::vector<std::optional<ProducerId>> carried;
  for (Slot* slot : transport.slots) {
    if (slot->consumer->parameters().mode != SlotMode::kLoudest) continue;
    slots.push_back(slot);
    carried.push_back(slot->consumer->source());
  }
  if (slots.empty()) return;

  std::vector<ProducerId> wanted;
  const auto want = [&](ProducerId id) {
    const Source* source = FindSource(id);
    if (source == nullptr || source->producer->transport() == transport.id) return;
    if (std::find(wanted.begin(), wanted.end(), id) == wanted.end()) wanted.push_back(id);
  };
  // The loud ones; then whoever has a place already; then the others as they came, of whom there
  // may be hundreds.
  for (const ProducerId id : ranking_.ranking()) want(id);
  for (const auto& id : carried) {
    if (id) want(*id);
  }
  for (const ProducerId id : audio_producers_) {
    if (wanted.size() >= slots.size()) break;
    want(id);
  }

  const auto filled = FillLoudestSlots(carried, wanted);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (filled[i] == carried[i]) continue;
    Point(*slots[i], filled[i] ? FindSource(*filled[i]) : nullptr, now, out);
    out.events.emplace_back(ConsumerSourceChanged{.consumer = slots[i]->consumer->id(),
                                                  .producer = filled[i].value_or(ProducerId(0))});
  }
}

}  // namespace stellwerk
