#include "controller/room/stats_queries.h"

#include <utility>

namespace stellwerk {

StatsQueryId StatsQueries::Add(Query query) {
  const StatsQueryId id(next_++);
  queries_.emplace(id, std::move(query));
  return id;
}

StatsQueries::Query* StatsQueries::Find(StatsQueryId id) {
  const auto found = queries_.find(id);
  return found == queries_.end() ? nullptr : &found->second;
}

std::vector<StatsQueries::Query> StatsQueries::TakeLate(Timestamp now) {
  return Take([&](const Query& query) { return now - query.asked >= kTimeout; });
}

std::vector<StatsQueries::Query> StatsQueries::TakeOf(WorkerId worker) {
  return Take([&](const Query& query) { return query.worker == worker; });
}

template <typename Predicate>
std::vector<StatsQueries::Query> StatsQueries::Take(Predicate predicate) {
  std::vector<Query> taken;
  absl::erase_if(queries_, [&](auto& entry) {
    if (!predicate(entry.second)) return false;
    taken.push_back(std::move(entry.second));
    return true;
  });
  return taken;
}

}  // namespace stellwerk
