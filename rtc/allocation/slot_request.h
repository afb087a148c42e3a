#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

namespace stellwerk {

// What the allocator remembers of a slot from one time to the next. The owner of the slot keeps it
// and never looks inside: a change of source or of demand is noticed by the allocator itself.
// Trivially copyable; default-constructed it is that of a slot that was just made.
struct SlotHistory {
  std::optional<ProducerId> source;
  ConsumerDemand demand;
  std::optional<Layer> target;
  // Of the target: what a keyframe adds to the measured rate for a second is smoothed out.
  DataRate rate;
  Timestamp rate_updated{};
  // Since when a better temporal or a higher spatial layer would have fitted, without a break.
  Timestamp more_fits_since = kNever;
  Timestamp higher_fits_since = kNever;
  // The last step up in resolution, and what there was to share out then.
  Timestamp raised_at{};
  DataRate available_when_raised;
  // How often in a row a step up did not last. 0: has never been reduced.
  uint8_t failed_raises = 0;
  // Since when the target is a layer that its publisher does not send; and until when such layers
  // are not asked for, because it did not resume the last.
  Timestamp waits_since = kNever;
  Timestamp not_resumable_until{};
};

// What the allocator must know of one video slot.
struct SlotRequest {
  SlotHistory* history = nullptr;
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
