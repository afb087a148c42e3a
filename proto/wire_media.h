#pragma once

#include <flatbuffers/flatbuffers.h>

#include <optional>

#include "proto/media_generated.h"
#include "proto/wire_reader.h"
#include "rtc/base/media_parameters.h"

// rtc/base/media_parameters.h to and from the wire.
namespace stellwerk::proto {

flatbuffers::Offset<wire::ProducerParameters> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                     const ProducerParameters& in);
flatbuffers::Offset<wire::ConsumerParameters> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                     const ConsumerParameters& in);
flatbuffers::Offset<wire::Fingerprint> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                              const Fingerprint& in);
flatbuffers::Offset<wire::IceParameters> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                const IceParameters& in);
flatbuffers::Offset<wire::Candidate> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                            const Candidate& in);
flatbuffers::Offset<wire::RemoteTransportParameters> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                            const RemoteTransportParameters& in);
flatbuffers::Offset<wire::DataChannelParameters> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                        const DataChannelParameters& in);

wire::ConsumerDemand ToWire(const ConsumerDemand& in);

ProducerParameters FromWire(WireReader& reader, const wire::ProducerParameters& in);
ConsumerParameters FromWire(WireReader& reader, const wire::ConsumerParameters& in);
Fingerprint FromWire(WireReader& reader, const wire::Fingerprint& in);
IceParameters FromWire(WireReader& reader, const wire::IceParameters& in);
Candidate FromWire(WireReader& reader, const wire::Candidate& in);
RemoteTransportParameters FromWire(WireReader& reader, const wire::RemoteTransportParameters& in);
DataChannelParameters FromWire(WireReader& reader, const wire::DataChannelParameters& in);
ConsumerDemand FromWire(const wire::ConsumerDemand& in);

// Optional numbers of strong types.
template <typename Strong>
flatbuffers::Optional<typename Strong::rep> ToWire(const std::optional<Strong>& in) {
  if (!in) return flatbuffers::nullopt;
  return in->value();
}
template <typename Strong>
std::optional<Strong> FromWire(flatbuffers::Optional<typename Strong::rep> in) {
  if (!in) return std::nullopt;
  return Strong(*in);
}
inline flatbuffers::Optional<uint32_t> ToWire(const std::optional<uint32_t>& in) {
  if (!in) return flatbuffers::nullopt;
  return *in;
}

}  // namespace stellwerk::proto
