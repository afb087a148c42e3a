#include "proto/wire_stats.h"

#include <string>

#include "proto/wire_media.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

constexpr std::size_t kMaxObjects = 65'536;
constexpr std::size_t kMaxEncodings = 16;
constexpr std::size_t kMaxLayers = 256;
constexpr uint8_t kBestScore = 10;

flatbuffers::Optional<int64_t> ToWire(const std::optional<TimeDelta>& in) {
  if (!in) return flatbuffers::nullopt;
  return in->count();
}
std::optional<TimeDelta> FromWire(flatbuffers::Optional<int64_t> in) {
  if (!in) return std::nullopt;
  return TimeDelta(*in);
}
DataRate Rate(int64_t bps) { return DataRate::BitsPerSecond(bps); }

uint8_t ReadScore(WireReader& reader, uint8_t score) {
  if (score > kBestScore) reader.Fail("score", std::to_string(score) + " is more than 10");
  return score;
}

wire::Layer ToWire(const Layer& in) {
  return {in.encoding, in.spatial.value(), in.temporal.value()};
}
Layer FromWire(const wire::Layer& in) {
  return {in.encoding(), SpatialLayer(in.spatial()), TemporalLayer(in.temporal())};
}
std::optional<Layer> FromWire(const wire::Layer* in) {
  if (in == nullptr) return std::nullopt;
  return FromWire(*in);
}

auto ToWire(Builder& builder, const TransportStats& in) {
  return wire::CreateTransportStats(
      builder, in.id.value(), ToWire(in.round_trip_time), in.estimate.bps(), in.allocated.bps(),
      in.wanted.bps(), in.sent.bps(), in.acknowledged.bps(), in.loss, in.over_used,
      in.application_limited, in.probes, in.padding_bytes, in.pacer_delay.count());
}
TransportStats FromWire(WireReader& reader, const wire::TransportStats& in) {
  TransportStats out;
  out.id = TransportId(in.id());
  out.round_trip_time = FromWire(in.round_trip_time());
  out.estimate = Rate(in.estimate());
  out.allocated = Rate(in.allocated());
  out.wanted = Rate(in.wanted());
  out.sent = Rate(in.sent());
  out.acknowledged = Rate(in.acknowledged());
  out.loss = in.loss();
  // Written so that it refuses what is not a number, too.
  if (!(out.loss >= 0 && out.loss <= 1)) reader.Fail("loss", "is not within 0..1");
  out.over_used = in.over_used();
  out.application_limited = in.application_limited();
  out.probes = in.probes();
  out.padding_bytes = in.padding_bytes();
  out.pacer_delay = TimeDelta(in.pacer_delay());
  return out;
}

auto ToWire(Builder& builder, const LayerOption& in) {
  const wire::Layer layer = ToWire(in.layer);
  return wire::CreateLayerOption(builder, &layer, in.rate.bps(), in.resolution.width,
                                 in.resolution.height, in.active);
}
LayerOption FromWire(const wire::LayerOption& in) {
  return {.layer = FromWire(*in.layer()),
          .rate = Rate(in.rate()),
          .resolution = {in.width(), in.height()},
          .active = in.active()};
}

auto ToWire(Builder& builder, const EncodingStats& in) {
  std::vector<Offset<wire::LayerOption>> layers;
  for (const LayerOption& layer : in.layers) layers.push_back(ToWire(builder, layer));
  const auto rid = builder.CreateString(in.rid.view().data(), in.rid.view().size());
  return wire::CreateEncodingStats(
      builder, rid, proto::ToWire(in.ssrc), proto::ToWire(in.rtx_ssrc), in.active, in.packets,
      in.bytes, in.duplicates, in.repaired, in.nacked, in.keyframes, in.keyframe_requests,
      in.packets_lost, in.jitter.count(), in.bitrate.bps(), in.frames, in.freezes,
      in.frozen.count(), in.resolution.width, in.resolution.height, builder.CreateVector(layers));
}
EncodingStats FromWire(WireReader& reader, const wire::EncodingStats& in) {
  EncodingStats out;
  out.rid = reader.InlineText<Rid>(in.rid(), "rid");
  out.ssrc = proto::FromWire<Ssrc>(in.ssrc());
  out.rtx_ssrc = proto::FromWire<Ssrc>(in.rtx_ssrc());
  out.active = in.active();
  out.packets = in.packets();
  out.bytes = in.bytes();
  out.duplicates = in.duplicates();
  out.repaired = in.repaired();
  out.nacked = in.nacked();
  out.keyframes = in.keyframes();
  out.keyframe_requests = in.keyframe_requests();
  out.packets_lost = in.packets_lost();
  out.jitter = TimeDelta(in.jitter());
  out.bitrate = Rate(in.bitrate());
  out.frames = in.frames();
  out.freezes = in.freezes();
  out.frozen = TimeDelta(in.frozen());
  out.resolution = {in.width(), in.height()};
  out.layers = reader.List(in.layers(), kMaxLayers, "layers",
                           [](const wire::LayerOption* layer) { return FromWire(*layer); });
  return out;
}

auto ToWire(Builder& builder, const ProducerStats& in) {
  std::vector<Offset<wire::EncodingStats>> encodings;
  for (const EncodingStats& encoding : in.encodings) encodings.push_back(ToWire(builder, encoding));
  return wire::CreateProducerStats(builder, in.id.value(), in.transport.value(),
                                   static_cast<wire::MediaKind>(in.kind), in.paused,
                                   in.encodings_wanted, in.score, builder.CreateVector(encodings));
}
ProducerStats FromWire(WireReader& reader, const wire::ProducerStats& in) {
  return {.id = ProducerId(in.id()),
          .transport = TransportId(in.transport()),
          .kind = reader.Enum(in.kind(), MediaKind::kVideo, "kind"),
          .paused = in.paused(),
          .encodings_wanted = in.encodings_wanted(),
          .score = ReadScore(reader, in.score()),
          .encodings = reader.List(
              in.encodings(), kMaxEncodings, "encodings",
              [&](const wire::EncodingStats* encoding) { return FromWire(reader, *encoding); })};
}

auto ToWire(Builder& builder, const ConsumerStats& in) {
  const wire::ConsumerDemand demand = proto::ToWire(in.demand);
  const wire::Layer layer = ToWire(in.layer.value_or(Layer()));
  const wire::Layer target = ToWire(in.target.value_or(Layer()));
  return wire::CreateConsumerStats(
      builder, in.id.value(), in.transport.value(), static_cast<wire::MediaKind>(in.kind),
      in.ssrc.value(), proto::ToWire(in.source), in.layer ? &layer : nullptr,
      in.target ? &target : nullptr, static_cast<wire::LayerReason>(in.reason), &demand, in.paused,
      in.bitrate.bps(), in.frames, in.freezes, in.frozen.count(), in.lost_after_repair, in.score,
      in.packets, in.bytes, in.retransmitted, in.nacked, in.unanswered, in.switches,
      ToWire(in.round_trip_time), in.fraction_lost);
}
ConsumerStats FromWire(WireReader& reader, const wire::ConsumerStats& in) {
  ConsumerStats out;
  out.id = ConsumerId(in.id());
  out.transport = TransportId(in.transport());
  out.kind = reader.Enum(in.kind(), MediaKind::kVideo, "kind");
  out.ssrc = Ssrc(in.ssrc());
  out.source = proto::FromWire<ProducerId>(in.source());
  out.layer = FromWire(in.layer());
  out.target = FromWire(in.target());
  out.reason = reader.Enum(in.reason(), LayerReason::kSwitching, "reason");
  out.demand = proto::FromWire(*in.demand());
  out.paused = in.paused();
  out.bitrate = Rate(in.bitrate());
  out.frames = in.frames();
  out.freezes = in.freezes();
  out.frozen = TimeDelta(in.frozen());
  out.lost_after_repair = in.lost_after_repair();
  out.score = ReadScore(reader, in.score());
  out.packets = in.packets();
  out.bytes = in.bytes();
  out.retransmitted = in.retransmitted();
  out.nacked = in.nacked();
  out.unanswered = in.unanswered();
  out.switches = in.switches();
  out.round_trip_time = FromWire(in.round_trip_time());
  out.fraction_lost = in.fraction_lost();
  return out;
}

auto ToWire(Builder& builder, const DataStats& in) {
  return wire::CreateDataStats(builder, in.channels, in.messages, in.bytes, in.dropped,
                               in.interruptions, in.queued_bytes);
}
DataStats FromWire(const wire::DataStats& in) {
  return {.channels = in.channels(),
          .messages = in.messages(),
          .bytes = in.bytes(),
          .dropped = in.dropped(),
          .interruptions = in.interruptions(),
          .queued_bytes = in.queued_bytes()};
}

}  // namespace

Offset<wire::TransportStatsChunk> ToWire(Builder& builder, const TransportStatsChunk& in) {
  Offset<wire::TransportStats> transport;
  if (in.transport) transport = ToWire(builder, *in.transport);
  Offset<wire::DataStats> data;
  if (in.data) data = ToWire(builder, *in.data);
  std::vector<Offset<wire::ProducerStats>> producers;
  for (const ProducerStats& producer : in.producers) producers.push_back(ToWire(builder, producer));
  std::vector<Offset<wire::ConsumerStats>> consumers;
  for (const ConsumerStats& consumer : in.consumers) consumers.push_back(ToWire(builder, consumer));
  const auto all_producers = builder.CreateVector(producers);
  return wire::CreateTransportStatsChunk(builder, transport, data, all_producers,
                                         builder.CreateVector(consumers), in.last);
}

TransportStatsChunk FromWire(WireReader& reader, const wire::TransportStatsChunk& in) {
  TransportStatsChunk out;
  if (in.transport() != nullptr) out.transport = FromWire(reader, *in.transport());
  if (in.data() != nullptr) out.data = FromWire(*in.data());
  out.producers =
      reader.List(in.producers(), kMaxObjects, "producers",
                  [&](const wire::ProducerStats* producer) { return FromWire(reader, *producer); });
  out.consumers =
      reader.List(in.consumers(), kMaxObjects, "consumers",
                  [&](const wire::ConsumerStats* consumer) { return FromWire(reader, *consumer); });
  out.last = in.last();
  return out;
}

}  // namespace stellwerk::proto
