#pragma once

#include <vector>

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
};

// All counters, in messages of bearable size.
std::vector<proto::StatsChunk> CollectStats(const StatsSources& sources, Timestamp now);

}  // namespace stellwerk
