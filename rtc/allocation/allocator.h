#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/allocation/allocation_config.h"
#include "rtc/allocation/sharing.h"
#include "rtc/allocation/slot_request.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Shares out what a subscriber's link carries among its video slots. README.md tells the rules.
// One per subscriber transport; sans-IO; to be asked every 100 ms or so, and at once when the
// estimate falls, a slot's source or demand changes or a source begins.
class Allocator {
 public:
  using Config = AllocationConfig;

  // "As much as anybody wants": where nothing tells how much there is.
  static constexpr DataRate kUnlimited = DataRate::BitsPerSecond(1'000'000'000'000'000);

  struct Result {
    std::span<const SlotDecision> slots;  // one per request; valid until the next call
    DataRate allocated;
    DataRate wanted;
    // When something may change though nothing else does: a hold or a dip ends.
    Timestamp next_change = kNever;
  };

  Allocator() = default;
  explicit Allocator(const Config& config) : config_(config) {}

  // `available` is what is left for video: audio and a share for retransmissions are taken off
  // before. Every request's history must belong to one slot alone.
  Result Allocate(Timestamp now, DataRate available, std::span<const SlotRequest> requests);

  // Elementary operations so far, in order to prove that the work is bounded.
  [[nodiscard]] uint64_t operations() const { return operations_; }

 private:
  // What goes with the contender of the same index.
  struct Seeker {
    const SlotRequest* request = nullptr;
    SlotDecision* decision = nullptr;
    bool changed = false;  // its source or its demand: nothing is held back
    int ideal = -1;        // the rung that it would have if nothing were held back
  };

  void Seek(const SlotRequest& request, SlotDecision& decision, Timestamp now);
  [[nodiscard]] SharingLimits Limits(Timestamp now, int64_t available, Timestamp& next_change);
  void ShareOut(Timestamp now, const SharingLimits& limits, Timestamp& next_change);
  // Lets each slot climb as far as its holds permit, and only one to a higher resolution unless
  // there is `plenty`; at once where there is `ample` room. True if that is less far than its
  // ideal.
  bool HoldBack(Timestamp now, bool plenty, bool ample, Timestamp& next_change);
  // `company`: some slot has just begun, or wants something else than before.
  void Conclude(const Contender& contender, const Seeker& seeker, bool company, Timestamp now,
                int64_t available, Timestamp& next_change);

  Config config_;
  // Since when the slots have cost more than is available, and what was available when they last
  // did not.
  Timestamp over_since_ = kNever;
  int64_t fitted_available_ = 0;
  std::optional<Timestamp> last_raise_;
  // Kept for their memory.
  std::vector<SlotDecision> decisions_;
  std::vector<Contender> contenders_;
  std::vector<Seeker> seekers_;
  Sharing sharing_;
  uint64_t operations_ = 0;
};

}  // namespace stellwerk
