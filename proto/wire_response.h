#pragma once

#include <flatbuffers/flatbuffers.h>

#include "proto/response.h"
#include "proto/response_generated.h"
#include "proto/wire_reader.h"

namespace stellwerk::proto {

flatbuffers::Offset<wire::Response> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                           const Response& in);
Response FromWire(WireReader& reader, const wire::Response& in);

}  // namespace stellwerk::proto
