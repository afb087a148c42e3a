#pragma once

#include <optional>
#include <span>

#include "rtc/allocation/slot_history.h"
#include "rtc/base/ids.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

namespace stellwerk {

// What the allocator must know of one video slot.
struct SlotRequest {
  SlotHistory* history = nullptr;    // kept with the slot, by its owner
  std::optional<ProducerId> source;  // nullopt: points at nothing
  ConsumerDemand demand;
  bool paused = false;
  // What the source offers, ascending by Layer. Rates need not ascend, may be 0 (not known) and may
  // be absurd.
  std::span<const LayerOption> options;
  std::optional<Layer> current;  // that is being sent
};

// What a slot gets.
struct SlotDecision {
  std::optional<Layer> target;  // nullopt: no video
  LayerReason reason = LayerReason::kNoSource;
  DataRate rate;    // that is reserved for it
  DataRate wanted;  // what it would take if there were no limit
};

}  // namespace stellwerk
