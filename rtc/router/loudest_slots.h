#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rtc/base/ids.h"

namespace stellwerk {

// Fills one listener's `loudest` slots. `wanted` are the producers in order of preference, without
// the listener's own and without duplicates; `slots` is what each slot carries now. Whoever keeps a
// place keeps the same slot, so that nobody's voice moves when somebody else's comes or goes.
// Returns what each slot shall carry.
std::vector<std::optional<ProducerId>> FillLoudestSlots(
    std::span<const std::optional<ProducerId>> slots, std::span<const ProducerId> wanted);

}  // namespace stellwerk
