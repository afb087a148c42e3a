#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/container/inlined_vector.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

namespace stellwerk {

// One of the qualities between which a slot may move.
struct LadderRung {
  Layer layer;
  int64_t cost = 0;  // bit/s, of this rung as a whole; positive
  // Comparable between slots: two a resolution, one less for half of the frames.
  int16_t level = 0;
  // No better than a rung below it (twice the height, but a quarter of the frames): taken only in
  // order to use what would otherwise be left over.
  bool filler = false;
  bool active = true;

  [[nodiscard]] bool SameResolution(const LadderRung& other) const {
    return layer.encoding == other.layer.encoding && layer.spatial == other.layer.spatial;
  }
};

// The qualities of a source that make sense for a slot, ascending: what the demand excludes, what
// costs more than something better, and hostile input is left out.
struct LayerLadder {
  static constexpr std::size_t kMaxOptions = 64;  // of a source; the others are not looked at

  absl::InlinedVector<LadderRung, 9> rungs;
  bool limited_by_demand = false;  // the source offers better than the highest rung

  // The highest rung that is no better than `layer`; -1 if there is none.
  [[nodiscard]] int IndexOf(std::optional<Layer> layer) const;
  [[nodiscard]] int top() const { return static_cast<int>(rungs.size()) - 1; }
  // Of a rung by its index, 0 for -1.
  [[nodiscard]] int64_t CostOf(int index) const { return index < 0 ? 0 : rungs[index].cost; }
};

struct LadderInput {
  std::span<const LayerOption> options;
  ConsumerDemand demand;
  // The layer that the slot has now, with its smoothed rate. It stays in the ladder.
  std::optional<Layer> kept;
  DataRate kept_rate;
  // If set, layers better than this one are left out unless they are active.
  std::optional<Layer> best_to_resume;
};

// Empty only if there are no options.
[[nodiscard]] LayerLadder MakeLadder(const LadderInput& input);

}  // namespace stellwerk
