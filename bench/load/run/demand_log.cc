#include "bench/load/run/demand_log.h"

namespace stellwerk::load {

LayerTally& LayerTally::operator+=(const LayerTally& other) {
  watched += other.watched;
  as_expected += other.as_expected;
  for (const auto& [height, time] : other.by_height) by_height[height] += time;
  switches.Merge(other.switches);
  return *this;
}

void DemandLog::Expect(Timestamp now, int height, std::optional<uint32_t> source) {
  if (!demands_.empty() && demands_.back().height == height && demands_.back().source == source) {
    return;
  }
  demands_.push_back({.since = now, .height = height, .source = source});
}

LayerTally DemandLog::Compare(std::span<const synthetic::ShownLayer> shown, Timestamp end,
                              synthetic::HeightOf height_of) const {
  LayerTally tally;
  for (std::size_t i = 0; i < demands_.size(); ++i) {
    const Demand& demand = demands_[i];
    const Timestamp until = i + 1 < demands_.size() ? demands_[i + 1].since : end;
    if (demand.height == 0) continue;
    const auto is_wanted = [&](uint32_t source, int height) {
      return height == demand.height && (!demand.source || source == *demand.source);
    };
    for (const auto& [source, height, time] :
         synthetic::TimeShown(shown, demand.since, until, height_of)) {
      tally.watched += time;
      tally.by_height[height] += time;
      if (is_wanted(source, height)) tally.as_expected += time;
    }
    if (i == 0) continue;
    const auto switched =
        synthetic::FirstShown(shown, demand.since, [&](uint32_t source, const Layer& layer) {
          return is_wanted(source, height_of(source, layer));
        });
    // Shown already is no switch either.
    if (switched && *switched > demand.since && *switched < until) {
      tally.switches.Add(*switched - demand.since);
    }
  }
  return tally;
}

}  // namespace stellwerk::load
