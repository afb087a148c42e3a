#pragma once

#include <flatbuffers/flatbuffers.h>

#include "proto/stats.h"
#include "proto/stats_generated.h"
#include "proto/wire_reader.h"

namespace stellwerk::proto {

flatbuffers::Offset<wire::TransportStatsChunk> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                      const TransportStatsChunk& in);
TransportStatsChunk FromWire(WireReader& reader, const wire::TransportStatsChunk& in);

}  // namespace stellwerk::proto
