#include "worker/stats.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rtc/base/delay_counters.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/media_stats.h"

namespace stellwerk {
namespace {

// About 1 kB each.
constexpr std::size_t kObjectsPerChunk = 512;
// A producer with all encodings and layers that there can be takes about 40 kB.
constexpr std::size_t kMediaPerChunk = 64;

// "5ms", or "1500us" where it is no whole number of milliseconds.
std::string UnitText(TimeDelta time) {
  const auto us = time / std::chrono::microseconds(1);
  return us % 1000 == 0 ? std::to_string(us / 1000) + "ms" : std::to_string(us) + "us";
}

class Values {
 public:
  Values& Add(std::string_view name, uint64_t value) {
    values_.push_back({std::string(name), value});
    return *this;
  }
  // All of them as `name`, and those that took longer than a limit as `name`_5ms.
  template <int64_t... kMicroseconds>
  Values& AddDelays(const std::string& name, const DelayCounters<kMicroseconds...>& delays) {
    Add(name, delays.packets);
    std::size_t i = 0;
    for (const TimeDelta limit : delays.kLimits) {
      Add(name + "_" + UnitText(limit), delays.longer[i++]);
    }
    return *this;
  }
  [[nodiscard]] std::vector<proto::StatsValue> Take() && { return std::move(values_); }

 private:
  std::vector<proto::StatsValue> values_;
};

uint64_t AtLeastZero(int64_t value) { return static_cast<uint64_t>(std::max<int64_t>(value, 0)); }

uint64_t MedianOf(std::vector<int64_t>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return AtLeastZero(*middle);
}

std::vector<proto::StatsValue> OfWorker(const StatsSources& sources) {
  Values values;
  ServiceQuality quality;
  quality.freezes = sources.past_freezes;
  for (const auto& [id, router] : sources.objects.routers()) {
    sources.path.FindRouter(id)->AddServiceTo(quality);
  }
  values.Add("estimate_median_bps", MedianOf(quality.estimates))
      .Add("video_slots", quality.video_slots)
      .Add("video_slots_limited", quality.video_slots_limited)
      .Add("freezes", quality.freezes)
      .Add("data_messages_dropped", sources.data.totals().dropped)
      .Add("data_channels_interrupted", sources.data.totals().interruptions);
  const UdpStats& udp = sources.network.udp;
  const TcpStats& tcp = sources.network.tcp;
  values.Add("routers", sources.objects.routers().size())
      .Add("transports", sources.objects.transports().size())
      .Add("producers", sources.objects.producers().size())
      .Add("consumers", sources.objects.consumers().size())
      .Add("data_producers", sources.data.producers().size())
      .Add("data_consumers", sources.data.consumers().size())
      .Add("packet_buffers", sources.pool.outstanding())
      .Add("udp_datagrams_received", udp.datagrams_received)
      .Add("udp_bytes_received", udp.bytes_received)
      .Add("udp_datagrams_sent", udp.datagrams_sent)
      .Add("udp_bytes_sent", udp.bytes_sent)
      .Add("udp_receive_calls", udp.receive_calls)
      .Add("udp_receive_messages", udp.receive_messages)
      .Add("udp_receive_merged", udp.receive_merged)
      .Add("udp_congestion_marked", udp.congestion_marked)
      .Add("udp_kernel_overflows", udp.kernel_overflows)
      .Add("udp_send_calls", udp.send_calls)
      .Add("udp_send_messages", udp.send_messages)
      .Add("udp_segmented", udp.segmented)
      .Add("udp_segments_refused", udp.segments_refused)
      .Add("udp_send_blocked", udp.send_blocked)
      .Add("udp_queued", udp.queued)
      .AddDelays("udp_transit", udp.transit)
      .AddDelays("turns", sources.turns)
      .Add("udp_receive_buffer_bytes", udp.receive_buffer_bytes)
      .Add("udp_send_buffer_bytes", udp.send_buffer_bytes);
  const GatherStats& gather = sources.path.gather_stats();
  values.Add("gather_frames", gather.frames)
      .Add("gather_packets", gather.packets)
      .Add("gather_timeouts", gather.timeouts)
      .Add("gather_padded", gather.padded)
      .Add("gather_padding_bytes", gather.padding_bytes)
      .AddDelays("pacer_waited", sources.path.rtc_outbox().pacing);
  values.Add("tcp_connections", sources.network.tcp_connections)
      .Add("tcp_connections_accepted", tcp.connections_accepted)
      .Add("tcp_connections_refused", tcp.connections_refused)
      .Add("tcp_frames_received", tcp.frames_received)
      .Add("tcp_bytes_received", tcp.bytes_received)
      .Add("tcp_frames_sent", tcp.frames_sent)
      .Add("tcp_bytes_sent", tcp.bytes_sent);
  DropCounters drops = udp.drops;
  drops += tcp.drops;
  drops += sources.path.transport_outbox().drops;
  drops += sources.path.rtc_outbox().drops;
  for (std::size_t i = 0; i < kDropReasonCount; ++i) {
    const auto reason = static_cast<DropReason>(i);
    values.Add("dropped_" + std::string(ToString(reason)), drops[reason]);
  }
  return std::move(values).Take();
}

std::vector<proto::StatsValue> Of(const SessionStats& stats) {
  Values values;
  values.Add("packets_received", stats.packets_received)
      .Add("bytes_received", stats.bytes_received)
      .Add("packets_sent", stats.packets_sent)
      .Add("bytes_sent", stats.bytes_sent)
      .Add("checks_received", stats.checks_received);
  return std::move(values).Take();
}

std::vector<proto::StatsValue> Of(const ProducerStats& stats) {
  EncodingStats sum;
  uint64_t active = 0;
  for (const EncodingStats& encoding : stats.encodings) {
    active += encoding.active ? 1U : 0U;
    sum.packets += encoding.packets;
    sum.bytes += encoding.bytes;
    sum.duplicates += encoding.duplicates;
    sum.repaired += encoding.repaired;
    sum.nacked += encoding.nacked;
    sum.keyframes += encoding.keyframes;
    sum.keyframe_requests += encoding.keyframe_requests;
    sum.packets_lost += encoding.packets_lost;
    sum.jitter = std::max(sum.jitter, encoding.jitter);
  }
  Values values;
  values.Add("encodings_active", active)
      .Add("packets_received", sum.packets)
      .Add("bytes_received", sum.bytes)
      .Add("packets_duplicate", sum.duplicates)
      .Add("packets_repaired", sum.repaired)
      .Add("packets_nacked", sum.nacked)
      .Add("packets_lost", AtLeastZero(sum.packets_lost))
      .Add("keyframes", sum.keyframes)
      .Add("keyframe_requests", sum.keyframe_requests)
      .Add("jitter_us", AtLeastZero(ToMicroseconds(sum.jitter)));
  return std::move(values).Take();
}

std::vector<proto::StatsValue> Of(const ConsumerStats& stats) {
  Values values;
  values.Add("packets_sent", stats.packets)
      .Add("bytes_sent", stats.bytes)
      .Add("packets_retransmitted", stats.retransmitted)
      .Add("packets_nacked", stats.nacked)
      .Add("nacks_unanswered", stats.unanswered)
      .Add("switches", stats.switches)
      .Add("fraction_lost_256th", stats.fraction_lost)
      .Add("freezes", stats.freezes)
      .Add("bitrate_bps", AtLeastZero(stats.bitrate.bps()));
  if (stats.round_trip_time) {
    values.Add("round_trip_time_us", AtLeastZero(ToMicroseconds(*stats.round_trip_time)));
  }
  return std::move(values).Take();
}

class ChunkWriter {
 public:
  template <typename Id, typename Stats>
  void Add(Id id, const std::optional<Stats>& stats) {
    if (stats) Add(id, Of(*stats));
  }
  template <typename Id>
  void Add(Id id, std::vector<proto::StatsValue> values) {
    if (chunks_.back().objects.size() == kObjectsPerChunk) chunks_.emplace_back();
    chunks_.back().objects.push_back({id, std::move(values)});
  }
  std::vector<proto::StatsChunk> Finish(std::vector<proto::StatsValue> worker) && {
    for (proto::StatsChunk& chunk : chunks_) chunk.last = false;
    chunks_.back().last = true;
    chunks_.front().worker = std::move(worker);
    return std::move(chunks_);
  }

 private:
  std::vector<proto::StatsChunk> chunks_ = std::vector<proto::StatsChunk>(1);
};

void AddObjects(const StatsSources& sources, Timestamp now, ChunkWriter& writer) {
  for (const auto& [id, transport] : sources.objects.transports()) {
    writer.Add(id, sources.endpoint.StatsOf(id));
    Router* router = sources.path.RouterOf(id);
    if (router == nullptr) continue;
    for (const ProducerId producer : transport.producers)
      writer.Add(producer, router->GetProducerStats(producer, now));
    for (const ConsumerId consumer : transport.consumers)
      writer.Add(consumer, router->GetConsumerStats(consumer, now));
  }
  for (const auto& [id, producer] : sources.data.producers()) {
    Values values;
    values.Add("messages_received", producer.messages).Add("bytes_received", producer.bytes);
    writer.Add(id, std::move(values).Take());
  }
  for (const auto& [id, receiver] : sources.data.consumers()) {
    const DataReceiver::Channel& channel = receiver->channels().at(id);
    Values values;
    values.Add("messages_sent", channel.messages)
        .Add("bytes_sent", channel.bytes)
        .Add("messages_dropped", channel.dropped)
        .Add("interruptions", channel.interruptions)
        .Add("queued_bytes", channel.queue.cost());
    writer.Add(id, std::move(values).Take());
  }
}

}  // namespace

std::vector<proto::StatsChunk> CollectStats(const StatsSources& sources, bool with_objects,
                                            Timestamp now) {
  ChunkWriter writer;
  if (with_objects) AddObjects(sources, now, writer);
  return std::move(writer).Finish(OfWorker(sources));
}

absl::StatusOr<std::vector<proto::TransportStatsChunk>> CollectTransportStats(
    const Objects& objects, const DataExchange& data, PacketPath& path, TransportId transport,
    Timestamp now) {
  const auto found = objects.transports().find(transport);
  const Router* router = path.RouterOf(transport);
  if (found == objects.transports().end() || router == nullptr) return NoSuch(transport);
  std::vector<proto::TransportStatsChunk> chunks(1);
  chunks.front().transport = router->GetTransportStats(transport, now);
  if (chunks.front().transport) {
    float& loss = chunks.front().transport->loss;
    loss = loss >= 0 ? std::min(loss, 1.0F) : 0.0F;
  }
  chunks.front().data = data.StatsOf(transport);
  const auto chunk = [&]() -> proto::TransportStatsChunk& {
    const proto::TransportStatsChunk& last = chunks.back();
    if (last.producers.size() + last.consumers.size() >= kMediaPerChunk) {
      chunks.back().last = false;
      chunks.emplace_back();
    }
    return chunks.back();
  };
  for (const ProducerId id : found->second.producers) {
    if (auto stats = router->GetProducerStats(id, now))
      chunk().producers.push_back(*std::move(stats));
  }
  for (const ConsumerId id : found->second.consumers) {
    if (auto stats = router->GetConsumerStats(id, now))
      chunk().consumers.push_back(*std::move(stats));
  }
  return chunks;
}

}  // namespace stellwerk
