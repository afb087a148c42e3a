#pragma once

#include <cstdint>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "controller/room/room_outbox.h"
#include "controller/room/slot.h"
#include "controller/room/stats_report.h"
#include "proto/response.h"

namespace stellwerk {

// Participants' questions to workers that are not answered yet. Which participant the answer is for
// is looked up when it comes: until then much may have happened.
class StatsQueries {
 public:
  // A worker answers within milliseconds, or not at all.
  static constexpr TimeDelta kTimeout = std::chrono::seconds(5);

  struct Query {
    ParticipantId participant;
    ConnectionId connection;
    int64_t request = 0;
    WorkerId worker;
    Timestamp asked;
    proto::TransportStatsChunk answer;  // as far as it has come
  };

  StatsQueryId Add(Query query);
  // Null for one that has been given up.
  Query* Find(StatsQueryId id);
  void Remove(StatsQueryId id) { queries_.erase(id); }
  // What can't be answered any more, taken out.
  std::vector<Query> TakeLate(Timestamp now);
  std::vector<Query> TakeOf(WorkerId worker);

 private:
  template <typename Predicate>
  std::vector<Query> Take(Predicate predicate);

  uint64_t next_ = 1;
  absl::flat_hash_map<StatsQueryId, Query> queries_;
};

}  // namespace stellwerk
