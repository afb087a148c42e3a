#pragma once

#include <vector>

#include "proto/snapshot.h"
#include "worker/data_exchange.h"
#include "worker/objects.h"

namespace stellwerk {

// The whole state in one go, cut into messages of bearable size.
std::vector<proto::SnapshotChunk> TakeSnapshot(const Objects& objects, const DataExchange& data);

}  // namespace stellwerk
