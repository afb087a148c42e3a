// What is told of a room on demand.
#include <utility>
#include <vector>

#include "rtc/router/room.h"

namespace stellwerk {

using std::chrono::seconds;

std::optional<TransportStats> Router::Room::GetTransportStats(TransportId id, Timestamp now) const {
  const auto found = transports_.find(id);
  if (found == transports_.end()) return std::nullopt;
  const Transport& transport = *found->second;
  TransportStats stats{.id = id, .allocated = transport.allocated, .wanted = transport.wanted};
  transport.downlink.FillStats(stats, now);
  return stats;
}

std::optional<ProducerStats> Router::Room::GetProducerStats(ProducerId id, Timestamp now) const {
  const auto found = sources_.find(id);
  if (found == sources_.end()) return std::nullopt;
  const Producer& producer = *found->second->producer;
  ProducerStats stats{.id = id,
                      .transport = producer.transport(),
                      .kind = producer.parameters().kind,
                      .paused = producer.paused(),
                      .encodings_wanted = found->second->encodings_wanted,
                      .score = producer.score(now),
                      .encodings = {}};
  uint8_t encoding = 0;
  for (const ReceiveStream& stream : producer.streams()) {
    std::vector<LayerOption> layers;
    for (const LayerOption& option : found->second->options) {
      if (option.layer.encoding == encoding) layers.push_back(option);
    }
    ++encoding;
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
                               .jitter = stream.statistics.jitter(),
                               .bitrate = stream.rate.Rate(now),
                               .frames = stream.continuity.frames(),
                               .freezes = stream.continuity.freezes(),
                               .frozen = stream.continuity.frozen(),
                               .resolution = stream.layers.resolution(),
                               .layers = std::move(layers)});
  }
  return stats;
}

std::optional<ConsumerStats> Router::Room::GetConsumerStats(ConsumerId id, Timestamp now) const {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return std::nullopt;
  const Consumer& consumer = *found->second->consumer;
  return ConsumerStats{.id = id,
                       .transport = consumer.transport(),
                       .kind = consumer.parameters().kind,
                       .ssrc = consumer.parameters().ssrc,
                       .source = consumer.source(),
                       .layer = consumer.current(),
                       .target = found->second->decision.target,
                       .reason = found->second->decision.reason,
                       .demand = found->second->demand,
                       .paused = found->second->paused,
                       .bitrate = found->second->sent.Rate(now),
                       .frames = consumer.continuity().frames(),
                       .freezes = consumer.continuity().freezes(),
                       .frozen = consumer.continuity().frozen(),
                       .lost_after_repair = consumer.counters().lost_after_repair,
                       .score = consumer.score(),
                       .packets = consumer.counters().packets,
                       .bytes = consumer.counters().bytes,
                       .retransmitted = consumer.counters().retransmitted,
                       .nacked = consumer.counters().nacked,
                       .unanswered = consumer.counters().unanswered,
                       .switches = consumer.counters().switches,
                       .round_trip_time = consumer.round_trip_time(),
                       .fraction_lost = consumer.fraction_lost()};
}

void Router::Room::AddServiceTo(ServiceQuality& sum) const {
  for (const auto& [id, transport] : transports_) {
    if (transport->slots.empty()) continue;
    const int64_t estimate = transport->downlink.estimate().target.bps();
    if (estimate > 0) sum.estimates.push_back(estimate);
    for (const Slot* slot : transport->slots) {
      if (slot->consumer->parameters().kind != MediaKind::kVideo) continue;
      sum.freezes += slot->consumer->continuity().freezes();
      if (slot->source == nullptr) continue;
      ++sum.video_slots;
      if (slot->decision.reason == LayerReason::kBandwidth) ++sum.video_slots_limited;
    }
  }
}

}  // namespace stellwerk
