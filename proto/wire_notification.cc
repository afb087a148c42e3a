#include "proto/wire_notification.h"

#include "proto/wire_media.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

constexpr std::size_t kMaxReason = 4096;
constexpr std::size_t kMaxSpeakers = 65'536;

template <typename Wire>
wire::NotificationBody KindOf(Offset<Wire> /*body*/) {
  return wire::NotificationBodyTraits<Wire>::enum_value;
}

auto BodyToWire(Builder& builder, const TransportPhaseChanged& in) {
  const auto reason = builder.CreateString(in.reason);
  return wire::CreateTransportPhaseChanged(builder, in.transport.value(),
                                           static_cast<wire::TransportPhase>(in.phase), reason);
}
auto BodyToWire(Builder& builder, const SctpConnected& in) {
  return wire::CreateSctpConnected(builder, in.transport.value());
}
auto BodyToWire(Builder& builder, const DataChannelOpened& in) { return ToWire(builder, in); }
auto BodyToWire(Builder& builder, const DataChannelClosed& in) {
  return wire::CreateDataChannelClosed(builder, in.transport.value(), in.stream.value(),
                                       ToWire(in.data_producer), ToWire(in.data_consumer));
}
auto BodyToWire(Builder& builder, const ConsumerSourceChanged& in) {
  return wire::CreateConsumerSourceChanged(builder, in.consumer.value(), ToWire(in.source));
}
auto BodyToWire(Builder& builder, const ActiveSpeakersChanged& in) {
  std::vector<uint32_t> loudest;
  for (const ProducerId producer : in.loudest) loudest.push_back(producer.value());
  return wire::CreateActiveSpeakersChanged(builder, in.router.value(),
                                           builder.CreateVector(loudest));
}
auto BodyToWire(Builder& builder, const ProducerActivityChanged& in) {
  return wire::CreateProducerActivityChanged(builder, in.producer.value(), in.active);
}
auto BodyToWire(Builder& builder, const ConsumerCodecUnsupported& in) {
  return wire::CreateConsumerCodecUnsupported(builder, in.consumer.value(), in.producer.value());
}
auto BodyToWire(Builder& builder, const ProducerEncodingsWanted& in) {
  return wire::CreateProducerEncodingsWanted(builder, in.producer.value(), in.encodings);
}

}  // namespace

Offset<wire::Notification> ToWire(Builder& builder, const Notification& in) {
  return std::visit(
      [&](const auto& body) {
        const auto offset = BodyToWire(builder, body);
        return wire::CreateNotification(builder, KindOf(offset), offset.Union());
      },
      in);
}

Notification FromWire(WireReader& reader, const wire::Notification& in) {
  using Kind = wire::NotificationBody;
  switch (in.body_type()) {
    case Kind::TransportPhaseChanged: {
      const auto& body = *in.body_as_TransportPhaseChanged();
      return TransportPhaseChanged{TransportId(body.transport()),
                                   reader.Enum(body.phase(), TransportPhase::kFailed, "phase"),
                                   reader.Text(body.reason(), kMaxReason, "reason")};
    }
    case Kind::SctpConnected:
      return SctpConnected{TransportId(in.body_as_SctpConnected()->transport())};
    case Kind::DataChannelOpened:
      return FromWire(reader, *in.body_as_DataChannelOpened());
    case Kind::DataChannelClosed: {
      const auto& body = *in.body_as_DataChannelClosed();
      return DataChannelClosed{TransportId(body.transport()), StreamId(body.stream()),
                               FromWire<DataProducerId>(body.data_producer()),
                               FromWire<DataConsumerId>(body.data_consumer())};
    }
    case Kind::ConsumerSourceChanged: {
      const auto& body = *in.body_as_ConsumerSourceChanged();
      return ConsumerSourceChanged{ConsumerId(body.consumer()),
                                   FromWire<ProducerId>(body.source())};
    }
    case Kind::ActiveSpeakersChanged: {
      const auto& body = *in.body_as_ActiveSpeakersChanged();
      return ActiveSpeakersChanged{
          RouterId(body.router()),
          reader.List(body.loudest(), kMaxSpeakers, "loudest",
                      [](uint32_t producer) { return ProducerId(producer); })};
    }
    case Kind::ProducerActivityChanged: {
      const auto& body = *in.body_as_ProducerActivityChanged();
      return ProducerActivityChanged{ProducerId(body.producer()), body.active()};
    }
    case Kind::ConsumerCodecUnsupported: {
      const auto& body = *in.body_as_ConsumerCodecUnsupported();
      return ConsumerCodecUnsupported{ConsumerId(body.consumer()), ProducerId(body.producer())};
    }
    case Kind::ProducerEncodingsWanted: {
      const auto& body = *in.body_as_ProducerEncodingsWanted();
      return ProducerEncodingsWanted{ProducerId(body.producer()), body.encodings()};
    }
    case Kind::NONE:
      break;
  }
  reader.Fail("notification",
              "unknown kind " + std::to_string(static_cast<unsigned>(in.body_type())));
  return SctpConnected{};
}

Offset<wire::DataChannelOpened> ToWire(Builder& builder, const DataChannelOpened& in) {
  const auto channel = ToWire(builder, in.channel);
  return wire::CreateDataChannelOpened(builder, in.transport.value(), in.stream.value(), channel);
}

DataChannelOpened FromWire(WireReader& reader, const wire::DataChannelOpened& in) {
  return {.transport = TransportId(in.transport()),
          .stream = StreamId(in.stream()),
          .channel = FromWire(reader, *in.channel())};
}

}  // namespace stellwerk::proto
