#pragma once

#include <flatbuffers/flatbuffers.h>

#include "proto/notification.h"
#include "proto/notification_generated.h"
#include "proto/wire_reader.h"

namespace stellwerk::proto {

flatbuffers::Offset<wire::Notification> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                               const Notification& in);
Notification FromWire(WireReader& reader, const wire::Notification& in);

// Also how a snapshot describes a channel.
flatbuffers::Offset<wire::DataChannelOpened> ToWire(flatbuffers::FlatBufferBuilder& builder,
                                                    const DataChannelOpened& in);
DataChannelOpened FromWire(WireReader& reader, const wire::DataChannelOpened& in);

}  // namespace stellwerk::proto
