#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Fills one listener's free `loudest` slots. `wanted` are the producers in order of preference,
// without the listener's own and without duplicates; `slots` is what each slot carries now. Whoever
// has a place keeps it while wanted at all, however far behind, so that nobody's voice moves when
// somebody else's comes or goes. Returns what each slot shall carry.
std::vector<std::optional<ProducerId>> FillLoudestSlots(
    std::span<const std::optional<ProducerId>> slots, std::span<const ProducerId> wanted);

// What one `loudest` slot carries, as somebody who begins to speak sees it.
struct CarriedVoice {
  bool free = false;
  Timestamp last_voice{};
  uint16_t energy = 0;  // of the last second
};

// The slot in which a speaker shall be heard: a free one, else that of who has been silent for
// longest. While all carry speech only who has the floor is heard, in place of the least active;
// everybody else waits for the first to pause.
std::optional<std::size_t> SlotForSpeaker(std::span<const CarriedVoice> slots, bool has_floor,
                                          Timestamp now);

}  // namespace stellwerk
