#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "controller/room/room_error.h"
#include "controller/room/worker_id.h"
#include "proto/stats.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_stats.h"
#include "rtc/base/redacted.h"
#include "rtc/base/units.h"

namespace stellwerk {

// One question to a worker that waits for its answer; 0 = none.
using StatsQueryId = StrongInt<struct StatsQueryIdTag, uint64_t>;

struct SlotReport {
  Mid mid;
  Redacted identity;                // of the source's owner, if there is a source
  std::optional<ProducerId> track;  // the source
  ConsumerStats stats;
};
struct TrackReport {
  Mid mid;
  ProducerStats stats;
};
// How a participant's media fares: the answer to its `stats`.
struct StatsReport {
  int64_t request = 0;  // the client's id of it
  std::optional<TransportStats> transport;
  std::optional<proto::DataStats> data;
  std::vector<SlotReport> slots;
  std::vector<TrackReport> tracks;
};
// There is none.
struct StatsFailed {
  int64_t request = 0;
  RoomError error;
};

}  // namespace stellwerk
