#include "proto/wire_response.h"

#include "proto/wire_request.h"
#include "proto/wire_snapshot.h"
#include "proto/wire_stats.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

constexpr std::size_t kMaxErrorText = 4096;
constexpr std::size_t kMaxStatsName = 128;
constexpr std::size_t kMaxStatsValues = 1024;
constexpr std::size_t kMaxStatsObjects = 65'536;

template <typename Wire>
wire::ResponseBody KindOf(Offset<Wire> /*body*/) {
  return wire::ResponseBodyTraits<Wire>::enum_value;
}

auto ToWire(Builder& builder, const std::vector<StatsValue>& in) {
  std::vector<Offset<wire::StatsValue>> out;
  out.reserve(in.size());
  // Shared: hundreds of objects have the same names.
  for (const StatsValue& value : in) {
    out.push_back(
        wire::CreateStatsValue(builder, builder.CreateSharedString(value.name), value.value));
  }
  return builder.CreateVector(out);
}

std::vector<StatsValue> ReadValues(WireReader& reader,
                                   const flatbuffers::Vector<Offset<wire::StatsValue>>* in) {
  return reader.List(in, kMaxStatsValues, "statistics", [&](const wire::StatsValue* value) {
    return StatsValue{reader.Text(value->name(), kMaxStatsName, "statistics name"), value->value()};
  });
}

auto BodyToWire(Builder& builder, const Ok&) { return wire::CreateOk(builder); }
auto BodyToWire(Builder& builder, const Error& in) {
  const auto text = builder.CreateString(in.text.substr(0, kMaxErrorText));
  return wire::CreateError(builder, static_cast<wire::ErrorCode>(in.code), text);
}
auto BodyToWire(Builder& builder, const StatsChunk& in) {
  std::vector<Offset<wire::ObjectStats>> objects;
  for (const ObjectStats& stats : in.objects) {
    const wire::ObjectId object = proto::ToWire(stats.object);
    const auto values = ToWire(builder, stats.values);
    objects.push_back(wire::CreateObjectStats(builder, &object, values));
  }
  const auto worker = ToWire(builder, in.worker);
  return wire::CreateStatsChunk(builder, worker, builder.CreateVector(objects), in.last);
}
auto BodyToWire(Builder& builder, const SnapshotChunk& in) { return proto::ToWire(builder, in); }
auto BodyToWire(Builder& builder, const TransportStatsChunk& in) {
  return proto::ToWire(builder, in);
}

}  // namespace

Offset<wire::Response> ToWire(Builder& builder, const Response& in) {
  return std::visit(
      [&](const auto& body) {
        const auto offset = BodyToWire(builder, body);
        return wire::CreateResponse(builder, in.id, KindOf(offset), offset.Union());
      },
      in.body);
}

Response FromWire(WireReader& reader, const wire::Response& in) {
  using Kind = wire::ResponseBody;
  Response out{.id = in.id(), .body = Ok{}};
  switch (in.body_type()) {
    case Kind::Ok:
      return out;
    case Kind::Error: {
      const auto& body = *in.body_as_Error();
      out.body = Error{reader.Enum(body.code(), ErrorCode::kInternal, "error code"),
                       reader.Text(body.text(), kMaxErrorText, "error text")};
      return out;
    }
    case Kind::StatsChunk: {
      const auto& body = *in.body_as_StatsChunk();
      StatsChunk chunk;
      chunk.worker = ReadValues(reader, body.worker());
      chunk.objects = reader.List(body.objects(), kMaxStatsObjects, "statistics objects",
                                  [&](const wire::ObjectStats* stats) {
                                    return ObjectStats{FromWire(reader, *stats->object()),
                                                       ReadValues(reader, stats->values())};
                                  });
      chunk.last = body.last();
      out.body = std::move(chunk);
      return out;
    }
    case Kind::SnapshotChunk:
      out.body = FromWire(reader, *in.body_as_SnapshotChunk());
      return out;
    case Kind::TransportStatsChunk:
      out.body = FromWire(reader, *in.body_as_TransportStatsChunk());
      return out;
    case Kind::NONE:
      break;
  }
  reader.Fail("response", "unknown kind " + std::to_string(static_cast<unsigned>(in.body_type())));
  return out;
}

}  // namespace stellwerk::proto
