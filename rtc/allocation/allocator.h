#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/allocation/layer_ladder.h"
#include "rtc/allocation/slot_request.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Shares out what a subscriber's link carries among its video slots. README.md tells the rules.
// One per subscriber transport; sans-IO; to be asked every 100 ms or so, and at once when the
// estimate falls, a slot's source or demand changes or a source begins.
class Allocator {
 public:
  // "As much as anybody wants": where nothing tells how much there is.
  static constexpr DataRate kUnlimited = DataRate::BitsPerSecond(1'000'000'000'000);

  struct Config {
    // Beyond what is available by more than this share, something has to go: at once, or, up to
    // `dip_bound`, after `dip_duration`.
    double oversend_bound = 0.05;
    double dip_bound = 0.20;
    TimeDelta dip_duration = std::chrono::milliseconds(500);
    // The same if it is the rates that rose and not the link that shrank: after a keyframe, or when
    // a scene changes. If that is too much for the link, the estimate will tell.
    double surge_bound = 0.50;
    TimeDelta surge_duration = std::chrono::seconds(2);
    // A slot's lowest layer is kept beyond the bound up to this share, the only picture of all up
    // to the next.
    double lowest_layer_bound = 0.10;
    double last_picture_bound = 0.25;
    // A higher resolution must leave this share free, and must have fitted for so long: at first;
    // after a reduction; at most (it doubles each time that a step up did not last).
    double raise_margin = 0.03;
    TimeDelta first_raise_hold = std::chrono::milliseconds(300);
    TimeDelta raise_hold = std::chrono::seconds(1);
    TimeDelta max_raise_hold = std::chrono::seconds(8);
    // A step up within this time of the reduction that undoes it did not last.
    TimeDelta raise_lasts = std::chrono::seconds(10);
    // More frames a second need no keyframe and are hardly seen to come and go.
    TimeDelta temporal_hold = std::chrono::milliseconds(300);
    // For so long a layer that its publisher does not send is waited for, and then not asked for.
    TimeDelta resume_wait = std::chrono::seconds(4);
    TimeDelta resume_pause = std::chrono::seconds(15);
  };

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
  // before. Every request's history must outlive the call and belong to one slot.
  Result Allocate(Timestamp now, DataRate available, std::span<const SlotRequest> requests);

  // Elementary operations so far, in order to prove that the work is bounded.
  [[nodiscard]] uint64_t operations() const { return operations_; }

 private:
  Config config_;
  std::vector<SlotDecision> decisions_;
  uint64_t operations_ = 0;
};

}  // namespace stellwerk
