#pragma once

#include <flatbuffers/flatbuffers.h>

#include "proto/snapshot.h"
#include "proto/snapshot_generated.h"
#include "proto/wire_reader.h"

namespace stellwerk::proto {

flatbuffers::Offset<wire::SnapshotChunk> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                const SnapshotChunk& in);
SnapshotChunk FromWire(WireReader& reader, const wire::SnapshotChunk& in);

}  // namespace stellwerk::proto
