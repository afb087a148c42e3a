#include "proto/wire_request.h"

#include "proto/message.h"
#include "proto/wire_media.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

AppData ReadAppData(WireReader& reader, const flatbuffers::Vector<uint8_t>* in) {
  return reader.Bytes(in, kMaxAppDataSize, "app_data");
}

template <typename Wire>
wire::RequestBody KindOf(Offset<Wire> /*body*/) {
  return wire::RequestBodyTraits<Wire>::enum_value;
}

// The requests that are created by a Request only.
auto BodyToWire(Builder& builder, const Ping&) { return wire::CreatePing(builder); }
auto BodyToWire(Builder& builder, const GetStats& in) {
  return wire::CreateGetStats(builder, in.objects);
}
auto BodyToWire(Builder& builder, const GetTransportStats& in) {
  return wire::CreateGetTransportStats(builder, in.transport.value());
}
auto BodyToWire(Builder& builder, const Snapshot&) { return wire::CreateSnapshot(builder); }
auto BodyToWire(Builder& builder, const CloseRouter& in) {
  return wire::CreateCloseRouter(builder, in.id.value());
}
auto BodyToWire(Builder& builder, const ConnectTransport& in) {
  return wire::CreateConnectTransport(builder, in.id.value(), ToWire(builder, in.remote));
}
auto BodyToWire(Builder& builder, const RestartIce& in) {
  const auto local = ToWire(builder, in.local_ice);
  return wire::CreateRestartIce(builder, in.id.value(), local, ToWire(builder, in.remote_ice));
}
auto BodyToWire(Builder& builder, const CloseTransport& in) {
  return wire::CreateCloseTransport(builder, in.id.value());
}
auto BodyToWire(Builder& builder, const CloseProducer& in) {
  return wire::CreateCloseProducer(builder, in.id.value());
}
auto BodyToWire(Builder& builder, const PauseProducer& in) {
  return wire::CreatePauseProducer(builder, in.id.value(), in.paused);
}
auto BodyToWire(Builder& builder, const CloseConsumer& in) {
  return wire::CreateCloseConsumer(builder, in.id.value());
}
auto BodyToWire(Builder& builder, const SetConsumerSource& in) {
  return wire::CreateSetConsumerSource(builder, in.id.value(), ToWire(in.source));
}
auto BodyToWire(Builder& builder, const SetConsumerDemand& in) {
  const wire::ConsumerDemand demand = ToWire(in.demand);
  return wire::CreateSetConsumerDemand(builder, in.id.value(), &demand);
}
auto BodyToWire(Builder& builder, const PauseConsumer& in) {
  return wire::CreatePauseConsumer(builder, in.id.value(), in.paused);
}
auto BodyToWire(Builder& builder, const RequestKeyframe& in) {
  return wire::CreateRequestKeyframe(builder, in.id.value());
}
auto BodyToWire(Builder& builder, const CloseDataProducer& in) {
  return wire::CreateCloseDataProducer(builder, in.id.value());
}
auto BodyToWire(Builder& builder, const CloseDataConsumer& in) {
  return wire::CreateCloseDataConsumer(builder, in.id.value());
}
auto BodyToWire(Builder& builder, const UpdateAppData& in) {
  const wire::ObjectId object = ToWire(in.object);
  return wire::CreateUpdateAppData(builder, &object, builder.CreateVector(in.app_data));
}
template <typename Create>
auto BodyToWire(Builder& builder, const Create& in) {
  return ToWire(builder, in);
}

RequestBody ReadBody(WireReader& reader, const wire::Request& in) {
  using Kind = wire::RequestBody;
  switch (in.body_type()) {
    case Kind::Ping:
      return Ping{};
    case Kind::CreateRouter:
      return FromWire(reader, *in.body_as_CreateRouter());
    case Kind::CloseRouter:
      return CloseRouter{RouterId(in.body_as_CloseRouter()->id())};
    case Kind::CreateTransport:
      return FromWire(reader, *in.body_as_CreateTransport());
    case Kind::ConnectTransport: {
      const auto& body = *in.body_as_ConnectTransport();
      return ConnectTransport{TransportId(body.id()), FromWire(reader, *body.remote())};
    }
    case Kind::RestartIce: {
      const auto& body = *in.body_as_RestartIce();
      return RestartIce{TransportId(body.id()), FromWire(reader, *body.local_ice()),
                        FromWire(reader, *body.remote_ice())};
    }
    case Kind::CloseTransport:
      return CloseTransport{TransportId(in.body_as_CloseTransport()->id())};
    case Kind::CreateProducer:
      return FromWire(reader, *in.body_as_CreateProducer());
    case Kind::CloseProducer:
      return CloseProducer{ProducerId(in.body_as_CloseProducer()->id())};
    case Kind::PauseProducer: {
      const auto& body = *in.body_as_PauseProducer();
      return PauseProducer{ProducerId(body.id()), body.paused()};
    }
    case Kind::CreateConsumer:
      return FromWire(reader, *in.body_as_CreateConsumer());
    case Kind::CloseConsumer:
      return CloseConsumer{ConsumerId(in.body_as_CloseConsumer()->id())};
    case Kind::SetConsumerSource: {
      const auto& body = *in.body_as_SetConsumerSource();
      return SetConsumerSource{ConsumerId(body.id()), FromWire<ProducerId>(body.source())};
    }
    case Kind::SetConsumerDemand: {
      const auto& body = *in.body_as_SetConsumerDemand();
      return SetConsumerDemand{ConsumerId(body.id()), FromWire(*body.demand())};
    }
    case Kind::PauseConsumer: {
      const auto& body = *in.body_as_PauseConsumer();
      return PauseConsumer{ConsumerId(body.id()), body.paused()};
    }
    case Kind::RequestKeyframe:
      return RequestKeyframe{ConsumerId(in.body_as_RequestKeyframe()->id())};
    case Kind::CreateDataProducer:
      return FromWire(reader, *in.body_as_CreateDataProducer());
    case Kind::CloseDataProducer:
      return CloseDataProducer{DataProducerId(in.body_as_CloseDataProducer()->id())};
    case Kind::CreateDataConsumer:
      return FromWire(reader, *in.body_as_CreateDataConsumer());
    case Kind::CloseDataConsumer:
      return CloseDataConsumer{DataConsumerId(in.body_as_CloseDataConsumer()->id())};
    case Kind::UpdateAppData: {
      const auto& body = *in.body_as_UpdateAppData();
      return UpdateAppData{FromWire(reader, *body.object()), ReadAppData(reader, body.app_data())};
    }
    case Kind::GetStats:
      return GetStats{in.body_as_GetStats()->objects()};
    case Kind::GetTransportStats:
      return GetTransportStats{TransportId(in.body_as_GetTransportStats()->transport())};
    case Kind::Snapshot:
      return Snapshot{};
    case Kind::NONE:
      break;
  }
  // The verifier accepts union members that it does not know.
  reader.Fail("request", "unknown kind " + std::to_string(static_cast<unsigned>(in.body_type())));
  return Ping{};
}

}  // namespace

Offset<wire::Request> ToWire(Builder& builder, const Request& in) {
  return std::visit(
      [&](const auto& body) {
        const auto offset = BodyToWire(builder, body);
        return wire::CreateRequest(builder, in.id, KindOf(offset), offset.Union());
      },
      in.body);
}

Request FromWire(WireReader& reader, const wire::Request& in) {
  return {.id = in.id(), .body = ReadBody(reader, in)};
}

Offset<wire::CreateRouter> ToWire(Builder& builder, const CreateRouter& in) {
  return wire::CreateCreateRouter(builder, in.id.value(), builder.CreateVector(in.app_data));
}
CreateRouter FromWire(WireReader& reader, const wire::CreateRouter& in) {
  return {.id = RouterId(in.id()), .app_data = ReadAppData(reader, in.app_data())};
}

Offset<wire::CreateTransport> ToWire(Builder& builder, const CreateTransport& in) {
  const auto ice = ToWire(builder, in.local_ice);
  return wire::CreateCreateTransport(builder, in.router.value(), in.id.value(), ice,
                                     builder.CreateVector(in.app_data));
}
CreateTransport FromWire(WireReader& reader, const wire::CreateTransport& in) {
  return {.router = RouterId(in.router()),
          .id = TransportId(in.id()),
          .local_ice = FromWire(reader, *in.local_ice()),
          .app_data = ReadAppData(reader, in.app_data())};
}

Offset<wire::CreateProducer> ToWire(Builder& builder, const CreateProducer& in) {
  const auto parameters = ToWire(builder, in.parameters);
  return wire::CreateCreateProducer(builder, in.transport.value(), in.id.value(), parameters,
                                    builder.CreateVector(in.app_data));
}
CreateProducer FromWire(WireReader& reader, const wire::CreateProducer& in) {
  return {.transport = TransportId(in.transport()),
          .id = ProducerId(in.id()),
          .parameters = FromWire(reader, *in.parameters()),
          .app_data = ReadAppData(reader, in.app_data())};
}

Offset<wire::CreateConsumer> ToWire(Builder& builder, const CreateConsumer& in) {
  const auto parameters = ToWire(builder, in.parameters);
  return wire::CreateCreateConsumer(builder, in.transport.value(), in.id.value(), parameters,
                                    builder.CreateVector(in.app_data));
}
CreateConsumer FromWire(WireReader& reader, const wire::CreateConsumer& in) {
  return {.transport = TransportId(in.transport()),
          .id = ConsumerId(in.id()),
          .parameters = FromWire(reader, *in.parameters()),
          .app_data = ReadAppData(reader, in.app_data())};
}

Offset<wire::CreateDataProducer> ToWire(Builder& builder, const CreateDataProducer& in) {
  return wire::CreateCreateDataProducer(builder, in.transport.value(), in.id.value(),
                                        in.stream.value(), builder.CreateVector(in.app_data));
}
CreateDataProducer FromWire(WireReader& reader, const wire::CreateDataProducer& in) {
  return {.transport = TransportId(in.transport()),
          .id = DataProducerId(in.id()),
          .stream = StreamId(in.stream()),
          .app_data = ReadAppData(reader, in.app_data())};
}

Offset<wire::CreateDataConsumer> ToWire(Builder& builder, const CreateDataConsumer& in) {
  const auto channel = ToWire(builder, in.channel);
  return wire::CreateCreateDataConsumer(builder, in.transport.value(), in.id.value(),
                                        in.source.value(), channel,
                                        builder.CreateVector(in.app_data));
}
CreateDataConsumer FromWire(WireReader& reader, const wire::CreateDataConsumer& in) {
  return {.transport = TransportId(in.transport()),
          .id = DataConsumerId(in.id()),
          .source = DataProducerId(in.source()),
          .channel = FromWire(reader, *in.channel()),
          .app_data = ReadAppData(reader, in.app_data())};
}

wire::ObjectId ToWire(const ObjectId& in) {
  // The alternatives of the variant are in the order of wire::ObjectKind.
  return std::visit(
      [&](auto id) {
        return wire::ObjectId(static_cast<wire::ObjectKind>(in.index()), id.value());
      },
      in);
}

ObjectId FromWire(WireReader& reader, const wire::ObjectId& in) {
  switch (in.kind()) {
    case wire::ObjectKind::Router:
      return RouterId(in.id());
    case wire::ObjectKind::Transport:
      return TransportId(in.id());
    case wire::ObjectKind::Producer:
      return ProducerId(in.id());
    case wire::ObjectKind::Consumer:
      return ConsumerId(in.id());
    case wire::ObjectKind::DataProducer:
      return DataProducerId(in.id());
    case wire::ObjectKind::DataConsumer:
      return DataConsumerId(in.id());
  }
  reader.Fail("object", "unknown kind " + std::to_string(static_cast<unsigned>(in.kind())));
  return RouterId();
}

}  // namespace stellwerk::proto
