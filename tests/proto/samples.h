#pragma once

#include <string>
#include <vector>

#include "proto/message.h"

// One of each message, every field set to something that is not its default: whatever goes over the
// wire goes through these.
namespace stellwerk::proto {

inline CodecParameters SampleCodec() {
  return {.codec = Codec::kVp8,
          .payload_type = PayloadType(96),
          .clock_rate = 90'000,
          .channels = 2,
          .rtx_payload_type = PayloadType(97),
          .fmtp = "max-fr=30",
          .nack = true,
          .pli = true,
          .fir = true,
          .transport_cc = true,
          .remb = true};
}

inline CodecParameters UnknownCodec() {
  CodecParameters codec;
  codec.payload_type = PayloadType(127);
  return codec;
}

inline RtpExtensionIds SampleExtensions() {
  RtpExtensionIds ids;
  ids.Set(RtpExtension::kMid, ExtensionId(4));
  ids.Set(RtpExtension::kTransportCc, ExtensionId(3));
  ids.Set(RtpExtension::kColorSpace, ExtensionId(255));
  return ids;
}

inline IceParameters SampleIce(std::string ufrag) {
  return {.ufrag = std::move(ufrag), .pwd = "0123456789abcdefghijkl"};
}

inline Fingerprint SampleFingerprint() {
  return {.algorithm = "sha-256", .digest = std::vector<uint8_t>(32, 0xA5)};
}

inline DataChannelParameters SampleChannel() {
  return {.label = "chat",
          .protocol = "json",
          .ordered = false,
          .max_retransmits = 3,
          .max_lifetime_ms = {}};
}

inline CreateRouter SampleRouter() { return {.id = RouterId(1), .app_data = {1, 2, 3}}; }
inline CreateTransport SampleTransport() {
  return {
      .router = RouterId(1), .id = TransportId(2), .local_ice = SampleIce("abcd"), .app_data = {4}};
}
inline RemoteTransportParameters SampleRemote() {
  return {.ice = SampleIce("remote"),
          .fingerprint = SampleFingerprint(),
          .our_role = DtlsRole::kClient,
          .sctp = SctpParameters{.port = 5001, .max_message_size = 262'144}};
}
inline CreateProducer SampleProducer() {
  return {.transport = TransportId(2),
          .id = ProducerId(3),
          .parameters = {.kind = MediaKind::kVideo,
                         .mid = *Mid::From("1"),
                         .codecs = {SampleCodec(), UnknownCodec()},
                         .extensions = SampleExtensions(),
                         .encodings = {{.rid = *Rid::From("low"), .ssrc = {}, .rtx_ssrc = {}},
                                       {.rid = {}, .ssrc = Ssrc(0xFFFFFFFF), .rtx_ssrc = Ssrc(0)}}},
          .app_data = {5, 6}};
}
inline CreateConsumer SampleConsumer() {
  return {.transport = TransportId(2),
          .id = ConsumerId(4),
          .parameters = {.kind = MediaKind::kVideo,
                         .mid = *Mid::From("2"),
                         .mode = SlotMode::kLoudest,
                         .ssrc = Ssrc(77),
                         .rtx_ssrc = Ssrc(78),
                         .cname = "cname",
                         .codecs = {SampleCodec()},
                         .extensions = SampleExtensions()},
          .app_data = {7}};
}
inline CreateDataProducer SampleDataProducer() {
  return {
      .transport = TransportId(2), .id = DataProducerId(5), .stream = StreamId(9), .app_data = {8}};
}
inline CreateDataConsumer SampleDataConsumer() {
  return {.transport = TransportId(2),
          .id = DataConsumerId(6),
          .source = DataProducerId(5),
          .channel = SampleChannel(),
          .app_data = {9}};
}
inline DataChannelOpened SampleOpened() {
  return {.transport = TransportId(2), .stream = StreamId(9), .channel = SampleChannel()};
}

inline ConsumerDemand SampleDemand() {
  return {.priority = 200,
          .height = 720,
          .max_spatial = SpatialLayer(2),
          .max_temporal = TemporalLayer(1)};
}
inline TransportStatsChunk SampleTransportStats() {
  const Layer layer{1, SpatialLayer(2), TemporalLayer(3)};
  const EncodingStats encoding{.rid = *Rid::From("low"),
                               .ssrc = Ssrc(11),
                               .rtx_ssrc = Ssrc(12),
                               .active = true,
                               .packets = 1,
                               .bytes = 2,
                               .duplicates = 3,
                               .repaired = 4,
                               .nacked = 5,
                               .keyframes = 6,
                               .keyframe_requests = 7,
                               .packets_lost = -8,
                               .jitter = TimeDelta(9),
                               .bitrate = DataRate::BitsPerSecond(10),
                               .frames = 11,
                               .freezes = 12,
                               .frozen = TimeDelta(13),
                               .resolution = {640, 360},
                               .layers = {{.layer = layer,
                                           .rate = DataRate::KilobitsPerSecond(900),
                                           .resolution = {320, 180},
                                           .active = false}}};
  return {.transport = TransportStats{.id = TransportId(2),
                                      .round_trip_time = TimeDelta(1),
                                      .estimate = DataRate::BitsPerSecond(2),
                                      .allocated = DataRate::BitsPerSecond(3),
                                      .wanted = DataRate::BitsPerSecond(4),
                                      .sent = DataRate::BitsPerSecond(5),
                                      .acknowledged = DataRate::BitsPerSecond(6),
                                      .loss = 0.25F,
                                      .over_used = true,
                                      .application_limited = true,
                                      .probes = 7,
                                      .padding_bytes = 8,
                                      .pacer_delay = TimeDelta(9)},
          .data = DataStats{1, 2, 3, 4, 5, 6},
          .producers = {{.id = ProducerId(3),
                         .transport = TransportId(2),
                         .kind = MediaKind::kVideo,
                         .paused = true,
                         .encodings_wanted = 5,
                         .score = 7,
                         .encodings = {encoding, EncodingStats{}}}},
          .consumers = {ConsumerStats{},
                        {.id = ConsumerId(4),
                         .transport = TransportId(2),
                         .kind = MediaKind::kVideo,
                         .ssrc = Ssrc(77),
                         .source = ProducerId(9),
                         .layer = layer,
                         .target = Layer{},
                         .reason = LayerReason::kSwitching,
                         .demand = SampleDemand(),
                         .paused = true,
                         .bitrate = DataRate::BitsPerSecond(1),
                         .frames = 2,
                         .freezes = 3,
                         .frozen = TimeDelta(4),
                         .lost_after_repair = 5,
                         .score = 6,
                         .packets = 7,
                         .bytes = 8,
                         .retransmitted = 9,
                         .nacked = 10,
                         .unanswered = 11,
                         .switches = 12,
                         .round_trip_time = TimeDelta(13),
                         .fraction_lost = 14}},
          .last = false};
}

inline std::vector<RequestBody> SampleRequests() {
  return {Ping{},
          SampleRouter(),
          CloseRouter{RouterId(1)},
          SampleTransport(),
          ConnectTransport{TransportId(2), SampleRemote()},
          RestartIce{TransportId(2), SampleIce("new1"), SampleIce("new2")},
          CloseTransport{TransportId(2)},
          SampleProducer(),
          CloseProducer{ProducerId(3)},
          PauseProducer{ProducerId(3), false},
          SampleConsumer(),
          CloseConsumer{ConsumerId(4)},
          SetConsumerSource{ConsumerId(4), ProducerId(3)},
          SetConsumerSource{ConsumerId(4), std::nullopt},
          SetConsumerDemand{ConsumerId(4), SampleDemand()},
          PauseConsumer{ConsumerId(4), true},
          RequestKeyframe{ConsumerId(4)},
          SampleDataProducer(),
          CloseDataProducer{DataProducerId(5)},
          SampleDataConsumer(),
          CloseDataConsumer{DataConsumerId(6)},
          UpdateAppData{RouterId(1), {1}},
          UpdateAppData{TransportId(2), {}},
          UpdateAppData{ProducerId(3), {3}},
          UpdateAppData{ConsumerId(4), {4}},
          UpdateAppData{DataProducerId(5), {5}},
          UpdateAppData{DataConsumerId(6), {6}},
          GetStats{true},
          Snapshot{},
          GetTransportStats{TransportId(2)}};
}

inline SnapshotChunk SampleSnapshot() {
  return {
      .objects = {RouterSnapshot{SampleRouter()},
                  TransportSnapshot{SampleTransport(), SampleRemote(),
                                    TransportPhase::kDisconnected, true},
                  TransportSnapshot{SampleTransport(), std::nullopt, TransportPhase::kNew, false},
                  ProducerSnapshot{SampleProducer(), true, true, 5},
                  ProducerSnapshot{SampleProducer(), true, true, std::nullopt},
                  ConsumerSnapshot{SampleConsumer(), ProducerId(3), true, SampleDemand()},
                  DataChannelSnapshot{SampleOpened()},
                  DataProducerSnapshot{SampleDataProducer(), SampleChannel()},
                  DataConsumerSnapshot{SampleDataConsumer()}},
      .last = false};
}

inline std::vector<ResponseBody> SampleResponses() {
  return {Ok{},
          Error{ErrorCode::kNotFound, "no router 7"},
          StatsChunk{.worker = {{"routers", 1}, {"packets", ~uint64_t{0}}},
                     .objects = {{TransportId(2), {{"bytes_sent", 12}}}, {DataConsumerId(6), {}}},
                     .last = false},
          SampleSnapshot(),
          SampleTransportStats(),
          TransportStatsChunk{}};
}

inline std::vector<Notification> SampleNotifications() {
  return {TransportPhaseChanged{TransportId(2), TransportPhase::kFailed, "wrong fingerprint"},
          SctpConnected{TransportId(2)},
          SampleOpened(),
          DataChannelClosed{TransportId(2), StreamId(9), DataProducerId(5), std::nullopt},
          DataChannelClosed{TransportId(2), StreamId(1), std::nullopt, DataConsumerId(6)},
          ConsumerSourceChanged{ConsumerId(4), std::nullopt},
          ActiveSpeakersChanged{RouterId(1), {ProducerId(3), ProducerId(9)}},
          ProducerActivityChanged{ProducerId(3), true},
          ConsumerCodecUnsupported{ConsumerId(4), ProducerId(3)},
          ProducerEncodingsWanted{ProducerId(3), 5}};
}

inline std::vector<Message> SampleMessages() {
  std::vector<Message> all{
      ControllerHello{kProtocolVersion + 7},
      WorkerHello{.version = kProtocolVersion,
                  .pid = 4711,
                  .fingerprint = SampleFingerprint(),
                  .candidates = {{.foundation = "1",
                                  .protocol = CandidateProtocol::kTcpPassive,
                                  .priority = 12345,
                                  .address = "2001:db8::1",
                                  .port = 40'000}}},
      Refusal{RefusalReason::kBusy, "another controller is connected", kProtocolVersion}};
  uint64_t id = 1;
  for (auto& body : SampleRequests()) all.emplace_back(Request{id++, std::move(body)});
  for (auto& body : SampleResponses()) all.emplace_back(Response{id++, std::move(body)});
  for (auto& body : SampleNotifications()) all.emplace_back(std::move(body));
  return all;
}

}  // namespace stellwerk::proto
