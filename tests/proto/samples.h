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
          SetConsumerLayers{ConsumerId(4), SpatialLayer(2), TemporalLayer(1)},
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
          GetStats{},
          Snapshot{}};
}

inline SnapshotChunk SampleSnapshot() {
  return {
      .objects = {RouterSnapshot{SampleRouter()},
                  TransportSnapshot{SampleTransport(), SampleRemote(),
                                    TransportPhase::kDisconnected, true},
                  TransportSnapshot{SampleTransport(), std::nullopt, TransportPhase::kNew, false},
                  ProducerSnapshot{SampleProducer(), true, true},
                  ConsumerSnapshot{SampleConsumer(), ProducerId(3), true, SpatialLayer(1),
                                   TemporalLayer(0)},
                  DataChannelSnapshot{SampleOpened()},
                  DataProducerSnapshot{SampleDataProducer(), SampleChannel()},
                  DataConsumerSnapshot{SampleDataConsumer()}},
      .last = false};
}

inline std::vector<ResponseBody> SampleResponses() {
  return {Ok{}, Error{ErrorCode::kNotFound, "no router 7"},
          StatsChunk{.worker = {{"routers", 1}, {"packets", ~uint64_t{0}}},
                     .objects = {{TransportId(2), {{"bytes_sent", 12}}}, {DataConsumerId(6), {}}},
                     .last = false},
          SampleSnapshot()};
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
          ConsumerCodecUnsupported{ConsumerId(4), ProducerId(3)}};
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
