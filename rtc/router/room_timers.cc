// What a room does by itself: feedback and reports when they are due, and a tick, ten times a
// second while there is media, for everything that watches who is there and who speaks.
#include <algorithm>
#include <utility>

#include "rtc/router/loudest_slots.h"
#include "rtc/router/room.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimeDelta kTick = milliseconds(100);
constexpr TimeDelta kReportInterval = seconds(1);
// Without media for so long, a producer has gone silent. Longer than any pause of DTX (Opus: 400
// ms) or a screen share.
constexpr TimeDelta kInactiveAfter = seconds(3);

}  // namespace

void Router::Room::HandleTimeout(Timestamp now, RtcOutbox& out) {
  if (now < next_timeout_) return;
  next_timeout_ = kNever;
  if (now >= next_tick_) Tick(now, out);
  Schedule(next_tick_);
  for (auto& [id, source] : sources_) {
    Producer& producer = *source->producer;
    if (producer.NextTimeout() <= now) {
      feedback_.clear();
      producer.HandleTimeout(now, feedback_);
      SendFeedback(*FindTransport(producer.transport()), feedback_, out);
    }
    Schedule(producer.NextTimeout());
  }
  for (auto& [id, transport] : transports_) {
    FlushTransportCc(*transport, now, out);
    if (now >= transport->next_report) {
      SendReports(*transport, now, out);
      ScheduleReport(*transport, now);
    }
    Schedule(transport->transport_cc.NextTimeout());
    Schedule(transport->next_report);
  }
}

void Router::Room::ScheduleReport(Transport& transport, Timestamp now) {
  // RFC 3550 §6.3.1: randomised, lest all report at once.
  const auto tenth = kReportInterval / 10;
  transport.next_report =
      now + kReportInterval - tenth + TimeDelta(random_.NextU32() % (2 * tenth.count()));
  Schedule(transport.next_report);
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
  next_tick_ = sources_.empty() ? kNever : now + kTick;
  for (auto& [id, source] : sources_) CheckSource(*source, now, out);
  UpdateSpeakers(now, out);
}

void Router::Room::CheckSource(Source& source, Timestamp now, RtcOutbox& out) {
  if (source.last_media && now - *source.last_media > kInactiveAfter) {
    source.last_media.reset();
    out.events.emplace_back(
        ProducerActivityChanged{.producer = source.producer->id(), .active = false});
  }
  if (source.producer->is_audio()) return;
  for (ReceiveStream& stream : source.producer->streams()) stream.history.Expire(now);
  if (UpdateActiveEncodings(source, now)) AskForKeyframes(source, now, out);
  for (Slot* slot : source.slots) {
    const auto awaited = slot->consumer->AwaitedEncoding();
    // A keyframe came but did not do, for instance because its first packet was lost.
    if (awaited && !source.producer->streams()[*awaited].keyframe.wanted()) {
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
    loudest_changed_ = true;
  }
  if (!std::exchange(loudest_changed_, false)) return;
  for (auto& [id, transport] : transports_) FillLoudest(*transport, now, out);
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

std::optional<TransportStats> Router::Room::GetTransportStats(TransportId id,
                                                              Timestamp /*now*/) const {
  const auto found = transports_.find(id);
  if (found == transports_.end()) return std::nullopt;
  return TransportStats{.id = id};
}

std::optional<ProducerStats> Router::Room::GetProducerStats(ProducerId id, Timestamp now) const {
  const auto found = sources_.find(id);
  if (found == sources_.end()) return std::nullopt;
  const Producer& producer = *found->second->producer;
  ProducerStats stats{.id = id,
                      .transport = producer.transport(),
                      .kind = producer.parameters().kind,
                      .paused = producer.paused(),
                      .encodings = {}};
  for (const ReceiveStream& stream : producer.streams()) {
    stats.encodings.push_back({.rid = stream.rid,
                               .ssrc = stream.ssrc,
                               .rtx_ssrc = stream.rtx_ssrc,
                               .active = stream.ActiveWithin(seconds(1), now),
                               .packets = stream.counters.packets,
                               .bytes = stream.counters.bytes,
                               .duplicates = stream.counters.duplicates,
                               .repaired = stream.counters.repaired,
                               .nacked = stream.counters.nacked,
                               .keyframes = stream.counters.keyframes,
                               .keyframe_requests = stream.keyframe.sent(),
                               .packets_lost = stream.statistics.cumulative_lost(),
                               .jitter = stream.statistics.jitter()});
  }
  return stats;
}

std::optional<ConsumerStats> Router::Room::GetConsumerStats(ConsumerId id) const {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return std::nullopt;
  const Consumer& consumer = *found->second->consumer;
  const auto current = consumer.selector().current();
  return ConsumerStats{.id = id,
                       .transport = consumer.transport(),
                       .kind = consumer.parameters().kind,
                       .ssrc = consumer.parameters().ssrc,
                       .source = consumer.source(),
                       .layer = current ? std::optional(Layer{.encoding = *current}) : std::nullopt,
                       .target = Layer{.encoding = consumer.selector().target()},
                       .demand = found->second->demand,
                       .paused = found->second->paused,
                       .packets = consumer.counters().packets,
                       .bytes = consumer.counters().bytes,
                       .retransmitted = consumer.counters().retransmitted,
                       .nacked = consumer.counters().nacked,
                       .unanswered = consumer.counters().unanswered,
                       .switches = consumer.counters().switches,
                       .round_trip_time = consumer.round_trip_time(),
                       .fraction_lost = consumer.fraction_lost()};
}

}  // namespace stellwerk
