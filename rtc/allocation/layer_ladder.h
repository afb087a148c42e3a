#pragma once

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
  int64_t cost = 0;  // bit/s, of this rung as a whole
  // Comparable between slots: two a resolution, one less for half of the frames.
  int16_t level = 0;
  // No better than a rung below it (twice the height, but a quarter of the frames): taken only in
  // order to use what would otherwise be left over.
  bool filler = false;
  bool active = true;
};

// The qualities of a source that make sense for a slot, ascending: what the demand excludes, what
// costs more than something better, and hostile input is left out.
struct LayerLadder {
  static constexpr std::size_t kMaxRungs = 48;  // 3 encodings, 4 resolutions, 4 frame rates

  absl::InlinedVector<LadderRung, 9> rungs;
  bool limited_by_demand = false;  // the source offers better than the highest rung

  // The highest rung that is no better than `layer`; -1 if there is none.
  [[nodiscard]] int IndexOf(std::optional<Layer> layer) const;
};

// `kept` with its smoothed rate is the layer that the slot has now, and stays in the ladder;
// `resumable` = false leaves out better layers that are not active.
struct LadderInput {
  std::span<const LayerOption> options;
  ConsumerDemand demand;
  std::optional<Layer> kept;
  DataRate kept_rate;
  bool resumable = true;
};
[[nodiscard]] LayerLadder MakeLadder(const LadderInput& input);

}  // namespace stellwerk
