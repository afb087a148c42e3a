#pragma once

#include <climits>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/allocation/layer_ladder.h"

namespace stellwerk {

// How far a slot may climb beyond what it has.
enum class Climb : uint8_t {
  kNot,
  kTemporal,  // to more frames of the same resolution
  kAny,       // to a higher resolution if it leaves a margin
  kFreely,    // with no regard to what was before
};

// A slot that takes part.
struct Contender {
  LayerLadder ladder;
  uint8_t priority = 0;
  int kept = -1;  // the rung that it has; -1: none
  Climb climb = Climb::kNot;
  // No higher resolution than that of this rung: what is free only because another slot has to wait
  // is that one's. Above its top: no such limit.
  int most = INT_MAX;
  // What it had before the link became too small.
  int lost = -1;
  int chosen = -1;  // the result
};

// What all slots together may cost, in bit/s.
struct SharingLimits {
  int64_t keep = 0;          // with rungs that slots have
  int64_t keep_lowest = 0;   // the same of the lowest rungs
  int64_t last_picture = 0;  // the same if there is but one
  int64_t climb = 0;         // with better rungs
  int64_t raise = 0;         // with a higher resolution
  int64_t filler = 0;        // beyond this no filler is begun
};

// Goes through the rungs of all slots once, in the order of their claims, and gives each that still
// fits. The order: the lowest rung of every slot; then by priority, and among equals level by
// level, so that nobody gets a third resolution while another waits for the second; last the
// fillers. Among equals those come first that have the rung already, so that places are not
// swapped, then those that had it before the link became too small.
class Sharing {
 public:
  // Sets the order, by ladder, priority and kept rung. Each of contenders' ladders has a rung or
  // more.
  void Order(std::span<const Contender> contenders, uint64_t& operations);
  // Sets each contender's `chosen`; to be called with the contenders of the last Order(). Returns
  // the sum of the costs.
  int64_t Run(std::span<Contender> contenders, const SharingLimits& limits,
              uint64_t& operations) const;

 private:
  struct Step {
    uint64_t claim = 0;  // the lower, the earlier
    uint32_t slot = 0;
    int16_t rung = 0;
    int16_t from = -1;  // the rung that the slot must have reached before
  };
  std::vector<Step> steps_;
};

}  // namespace stellwerk
