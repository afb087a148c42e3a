#include "proto/app_data.h"

#include <flatbuffers/flatbuffers.h>

#include <optional>

#include "proto/app_data_generated.h"
#include "proto/message.h"
#include "proto/wire_reader.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

template <typename Wire>
wire::AppDataBody KindOf(flatbuffers::Offset<Wire> /*body*/) {
  return wire::AppDataBodyTraits<Wire>::enum_value;
}

auto ToWire(Builder& builder, const RoomData& in) {
  return wire::CreateRoomData(builder, builder.CreateString(in.name));
}
auto ToWire(Builder& builder, const ParticipantData& in) {
  const auto identity = builder.CreateString(in.identity);
  const auto name = builder.CreateString(in.name);
  const auto secret = builder.CreateString(in.secret);
  return wire::CreateParticipantData(builder, identity, name, secret,
                                     builder.CreateVector(in.negotiated));
}
auto ToWire(Builder& builder, const TrackData& in) {
  const auto track = builder.CreateString(in.track);
  const auto source = builder.CreateString(in.source);
  return wire::CreateTrackData(builder, track, source, in.muted);
}

std::optional<AppDataBody> FromWire(WireReader& reader, const wire::AppData& in) {
  const auto text = [&](const flatbuffers::String* value, std::string_view field) {
    return reader.Text(value, kMaxAppDataSize, field);
  };
  switch (in.body_type()) {
    case wire::AppDataBody::RoomData:
      return RoomData{text(in.body_as_RoomData()->name(), "name")};
    case wire::AppDataBody::ParticipantData: {
      const auto& body = *in.body_as_ParticipantData();
      return ParticipantData{text(body.identity(), "identity"), text(body.name(), "name"),
                             text(body.secret(), "secret"),
                             reader.Bytes(body.negotiated(), kMaxAppDataSize, "negotiated")};
    }
    case wire::AppDataBody::TrackData: {
      const auto& body = *in.body_as_TrackData();
      return TrackData{text(body.track(), "track"), text(body.source(), "source"), body.muted()};
    }
    case wire::AppDataBody::NONE:
      break;
  }
  return std::nullopt;
}

}  // namespace

AppData EncodeAppData(const AppDataBody& body) {
  Builder builder;
  const auto root = std::visit(
      [&](const auto& in) {
        const auto offset = ToWire(builder, in);
        return wire::CreateAppData(builder, KindOf(offset), offset.Union());
      },
      body);
  wire::FinishAppDataBuffer(builder, root);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

absl::StatusOr<AppDataBody> DecodeAppData(std::span<const uint8_t> bytes) {
  if (bytes.size() < 8 || bytes.size() > kMaxAppDataSize) {
    return absl::InvalidArgumentError("app_data of " + std::to_string(bytes.size()) + " bytes");
  }
  // A copy is aligned, which the verifier does not check.
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  flatbuffers::Verifier verifier(copy.data(), copy.size());
  if (!wire::VerifyAppDataBuffer(verifier))
    return absl::InvalidArgumentError("app_data is not a valid flatbuffer");
  WireReader reader(kMaxAppDataSize);
  const auto body = FromWire(reader, *wire::GetAppData(copy.data()));
  if (!body) return absl::InvalidArgumentError("app_data of an unknown kind");
  if (!reader.ok()) return absl::InvalidArgumentError("app_data: " + reader.error());
  return *body;
}

}  // namespace stellwerk::proto
