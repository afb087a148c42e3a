#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "bench/synthetic/stream_report.h"
#include "rtc/base/layer.h"
#include "rtc/base/units.h"

// Questions to StreamReport::shown, which says what a slot showed from when on.
namespace stellwerk::synthetic {

// How high the pictures of a source's layer are, in pixels; 0: not known.
using HeightOf = absl::FunctionRef<int(uint32_t source, const Layer& layer)>;

struct ShownTime {
  uint32_t source = 0;
  int height = 0;
  TimeDelta time{};
};

// How long each source was shown at which height within [from, to); the longest first. What is
// shown counts from its first decodable picture until that of the next, frozen or not; before the
// first there is nothing.
[[nodiscard]] std::vector<ShownTime> TimeShown(std::span<const ShownLayer> shown, Timestamp from,
                                               Timestamp to, HeightOf height_of);

// From when on, at `after` or later, `wanted` was shown: its first decodable picture. `after`
// itself if it is what was shown then. nullopt: it has not been.
[[nodiscard]] std::optional<Timestamp> FirstShown(
    std::span<const ShownLayer> shown, Timestamp after,
    absl::FunctionRef<bool(uint32_t source, const Layer& layer)> wanted);

}  // namespace stellwerk::synthetic
