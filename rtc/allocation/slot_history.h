#pragma once

#include <cstdint>
#include <optional>

#include "rtc/allocation/allocation_config.h"
#include "rtc/base/ids.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

namespace stellwerk {

// What the allocator remembers of a slot from one time to the next, so that pictures are steady.
// The owner of the slot keeps it and need not look inside: the allocator itself notices a change of
// source or of demand. Trivially copyable; default-constructed it is that of a new slot.
class SlotHistory {
 public:
  // To be told before each decision. True if the slot points elsewhere or wants something else than
  // before.
  bool NoteRequest(std::optional<ProducerId> source, const ConsumerDemand& demand);
  // The measured rate of the target. What a keyframe adds for a second is smoothed out, unless the
  // target is not being sent yet.
  void NoteRate(DataRate measured, bool sent, Timestamp now);
  // Whether a better layer, and whether a higher resolution would fit now.
  void NoteWhatFits(bool more, bool higher, Timestamp now);
  // A new target at the end of a decision.
  void SetTarget(std::optional<Layer> target, DataRate rate, Timestamp now);
  void NoteRaise(DataRate available, Timestamp now);
  void NoteReduction(DataRate available, const AllocationConfig& config, Timestamp now);
  // Whether the target is waited for though its publisher does not send it. Returns when that wait
  // will have been in vain.
  Timestamp NoteWait(bool waits, const AllocationConfig& config, Timestamp now);

  // When more frames and a higher resolution will have fitted for long enough; kNever: they don't
  // fit.
  [[nodiscard]] Timestamp MoreAllowedAt(const AllocationConfig& config) const;
  [[nodiscard]] Timestamp HigherAllowedAt(const AllocationConfig& config) const;
  // False for a while after a wait in vain.
  [[nodiscard]] bool AsksForInactive(Timestamp now) const { return now >= asks_again_at_; }

  [[nodiscard]] const std::optional<Layer>& target() const { return target_; }
  // The best target that went with the link and has not come back; nullopt: none.
  [[nodiscard]] const std::optional<Layer>& lost() const { return lost_; }
  [[nodiscard]] DataRate rate() const { return rate_; }
  [[nodiscard]] bool was_reduced() const { return failed_raises_ > 0; }

 private:
  std::optional<ProducerId> source_;
  ConsumerDemand demand_;
  std::optional<Layer> target_;
  std::optional<Layer> lost_;
  DataRate rate_;
  Timestamp rate_updated_{};
  Timestamp more_fits_since_ = kNever;
  Timestamp higher_fits_since_ = kNever;
  Timestamp raised_at_{};
  Timestamp reduced_at_{};
  DataRate available_when_raised_;
  uint8_t failed_raises_ = 0;  // in a row; 0: the slot has never been reduced
  Timestamp waits_since_ = kNever;
  Timestamp asks_again_at_{};
};

}  // namespace stellwerk
