#include "proto/wire_snapshot.h"

#include "proto/wire_media.h"
#include "proto/wire_notification.h"
#include "proto/wire_request.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

constexpr std::size_t kMaxObjects = 65'536;

template <typename Wire>
wire::SnapshotBody KindOf(Offset<Wire> /*body*/) {
  return wire::SnapshotBodyTraits<Wire>::enum_value;
}

auto BodyToWire(Builder& builder, const RouterSnapshot& in) {
  return wire::CreateRouterSnapshot(builder, ToWire(builder, in.created));
}
auto BodyToWire(Builder& builder, const TransportSnapshot& in) {
  const auto created = ToWire(builder, in.created);
  Offset<wire::RemoteTransportParameters> remote;
  if (in.remote) remote = ToWire(builder, *in.remote);
  return wire::CreateTransportSnapshot(
      builder, created, remote, static_cast<wire::TransportPhase>(in.phase), in.sctp_connected);
}
auto BodyToWire(Builder& builder, const ProducerSnapshot& in) {
  return wire::CreateProducerSnapshot(builder, ToWire(builder, in.created), in.paused, in.active,
                                      ToWire(in.encodings_wanted));
}
auto BodyToWire(Builder& builder, const ConsumerSnapshot& in) {
  const wire::ConsumerDemand demand = ToWire(in.demand);
  return wire::CreateConsumerSnapshot(builder, ToWire(builder, in.created), ToWire(in.source),
                                      in.paused, &demand);
}
auto BodyToWire(Builder& builder, const DataProducerSnapshot& in) {
  const auto created = ToWire(builder, in.created);
  return wire::CreateDataProducerSnapshot(builder, created, ToWire(builder, in.channel));
}
auto BodyToWire(Builder& builder, const DataConsumerSnapshot& in) {
  return wire::CreateDataConsumerSnapshot(builder, ToWire(builder, in.created));
}
auto BodyToWire(Builder& builder, const DataChannelSnapshot& in) {
  return wire::CreateDataChannelSnapshot(builder, ToWire(builder, in.opened));
}

SnapshotObject ReadObject(WireReader& reader, const wire::SnapshotObject& in) {
  using Kind = wire::SnapshotBody;
  switch (in.body_type()) {
    case Kind::RouterSnapshot:
      return RouterSnapshot{FromWire(reader, *in.body_as_RouterSnapshot()->created())};
    case Kind::TransportSnapshot: {
      const auto& body = *in.body_as_TransportSnapshot();
      TransportSnapshot out;
      out.created = FromWire(reader, *body.created());
      if (body.remote() != nullptr) out.remote = FromWire(reader, *body.remote());
      out.phase = reader.Enum(body.phase(), TransportPhase::kFailed, "phase");
      out.sctp_connected = body.sctp_connected();
      return out;
    }
    case Kind::ProducerSnapshot: {
      const auto& body = *in.body_as_ProducerSnapshot();
      ProducerSnapshot out{FromWire(reader, *body.created()), body.paused(), body.active(), {}};
      if (const auto wanted = body.encodings_wanted()) out.encodings_wanted = *wanted;
      return out;
    }
    case Kind::ConsumerSnapshot: {
      const auto& body = *in.body_as_ConsumerSnapshot();
      return ConsumerSnapshot{.created = FromWire(reader, *body.created()),
                              .source = FromWire<ProducerId>(body.source()),
                              .paused = body.paused(),
                              .demand = FromWire(*body.demand())};
    }
    case Kind::DataProducerSnapshot: {
      const auto& body = *in.body_as_DataProducerSnapshot();
      return DataProducerSnapshot{FromWire(reader, *body.created()),
                                  FromWire(reader, *body.channel())};
    }
    case Kind::DataConsumerSnapshot:
      return DataConsumerSnapshot{FromWire(reader, *in.body_as_DataConsumerSnapshot()->created())};
    case Kind::DataChannelSnapshot:
      return DataChannelSnapshot{FromWire(reader, *in.body_as_DataChannelSnapshot()->opened())};
    case Kind::NONE:
      break;
  }
  reader.Fail("snapshot object",
              "unknown kind " + std::to_string(static_cast<unsigned>(in.body_type())));
  return RouterSnapshot{};
}

}  // namespace

Offset<wire::SnapshotChunk> ToWire(Builder& builder, const SnapshotChunk& in) {
  std::vector<Offset<wire::SnapshotObject>> objects;
  objects.reserve(in.objects.size());
  for (const SnapshotObject& object : in.objects) {
    objects.push_back(std::visit(
        [&](const auto& body) {
          const auto offset = BodyToWire(builder, body);
          return wire::CreateSnapshotObject(builder, KindOf(offset), offset.Union());
        },
        object));
  }
  return wire::CreateSnapshotChunk(builder, builder.CreateVector(objects), in.last);
}

SnapshotChunk FromWire(WireReader& reader, const wire::SnapshotChunk& in) {
  return {.objects = reader.List(
              in.objects(), kMaxObjects, "snapshot",
              [&](const wire::SnapshotObject* object) { return ReadObject(reader, *object); }),
          .last = in.last()};
}

}  // namespace stellwerk::proto
