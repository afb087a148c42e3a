#include "rtc/router/loudest_slots.h"

#include <algorithm>

namespace stellwerk {

std::vector<std::optional<ProducerId>> FillLoudestSlots(
    std::span<const std::optional<ProducerId>> slots, std::span<const ProducerId> wanted) {
  const auto chosen = wanted.first(std::min(wanted.size(), slots.size()));
  const auto is_chosen = [&](ProducerId id) {
    return std::find(chosen.begin(), chosen.end(), id) != chosen.end();
  };
  std::vector<std::optional<ProducerId>> result(slots.begin(), slots.end());
  for (auto& slot : result) {
    if (slot && !is_chosen(*slot)) slot.reset();
  }
  for (const ProducerId id : chosen) {
    if (std::find(result.begin(), result.end(), id) != result.end()) continue;
    // There is a place: no more were chosen than there are slots.
    *std::find(result.begin(), result.end(), std::nullopt) = id;
  }
  return result;
}

}  // namespace stellwerk
