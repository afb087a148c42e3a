#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/media_stats.h"

// How one transport and all that belongs to it fares: the answer to GetTransportStats.
namespace stellwerk::proto {

// Of the data channels that are opened towards a transport.
struct DataStats {
  uint32_t channels = 0;
  uint64_t messages = 0;
  uint64_t bytes = 0;
  uint64_t dropped = 0;        // never sent, for the receiver did not keep up
  uint64_t interruptions = 0;  // reliable channels that were closed and opened again for that
  uint64_t queued_bytes = 0;   // waiting now
  friend bool operator==(const DataStats&, const DataStats&) = default;
};

struct TransportStatsChunk {
  // These two in the first chunk.
  std::optional<TransportStats> transport{};
  std::optional<DataStats> data{};
  std::vector<ProducerStats> producers{};
  std::vector<ConsumerStats> consumers{};
  bool last = true;
  friend bool operator==(const TransportStatsChunk&, const TransportStatsChunk&) = default;
};

}  // namespace stellwerk::proto
