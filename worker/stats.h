#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/response.h"
#include "rtc/base/units.h"
#include "transport/session/endpoint.h"
#include "worker/data_exchange.h"
#include "worker/network.h"
#include "worker/objects.h"
#include "worker/packet_path.h"

namespace stellwerk {

// Where the numbers are.
struct StatsSources {
  const Objects& objects;
  const DataExchange& data;
  PacketPath& path;
  const Endpoint& endpoint;
  const PacketPool& pool;
  const NetworkStats network;
  const TurnCounters& turns;
  uint64_t past_freezes = 0;  // of consumers that are closed
};

// All counters, in messages of bearable size; those of objects only if wanted, for they are many.
std::vector<proto::StatsChunk> CollectStats(const StatsSources& sources, bool with_objects,
                                            Timestamp now);
// NotFound if there is no such transport.
absl::StatusOr<std::vector<proto::TransportStatsChunk>> CollectTransportStats(
    const Objects& objects, const DataExchange& data, PacketPath& path, TransportId transport,
    Timestamp now);

}  // namespace stellwerk
