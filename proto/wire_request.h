#pragma once

#include <flatbuffers/flatbuffers.h>

#include "proto/request.h"
#include "proto/request_generated.h"
#include "proto/wire_reader.h"

namespace stellwerk::proto {

flatbuffers::Offset<wire::Request> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                          const Request& in);
Request FromWire(WireReader& reader, const wire::Request& in);

// The creating requests are also how a snapshot describes an object.
flatbuffers::Offset<wire::CreateRouter> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                               const CreateRouter& in);
flatbuffers::Offset<wire::CreateTransport> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                  const CreateTransport& in);
flatbuffers::Offset<wire::CreateProducer> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                 const CreateProducer& in);
flatbuffers::Offset<wire::CreateConsumer> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                 const CreateConsumer& in);
flatbuffers::Offset<wire::CreateDataProducer> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                     const CreateDataProducer& in);
flatbuffers::Offset<wire::CreateDataConsumer> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                     const CreateDataConsumer& in);
CreateRouter FromWire(WireReader& reader, const wire::CreateRouter& in);
CreateTransport FromWire(WireReader& reader, const wire::CreateTransport& in);
CreateProducer FromWire(WireReader& reader, const wire::CreateProducer& in);
CreateConsumer FromWire(WireReader& reader, const wire::CreateConsumer& in);
CreateDataProducer FromWire(WireReader& reader, const wire::CreateDataProducer& in);
CreateDataConsumer FromWire(WireReader& reader, const wire::CreateDataConsumer& in);

wire::ObjectId ToWire(const ObjectId& in);
ObjectId FromWire(WireReader& reader, const wire::ObjectId& in);

}  // namespace stellwerk::proto
