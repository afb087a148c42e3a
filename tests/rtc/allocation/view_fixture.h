#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "rtc/allocation/allocator.h"

namespace stellwerk::allocation_testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr Timestamp kStart{std::chrono::hours(24 * 20'000)};

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSecond(kbps); }

// Simulcast at 180, 360 and 720 lines with 150, 500 and 1500 kbit/s, each with three temporal
// layers of 40, 60 and 100 per cent.
inline std::vector<LayerOption> ThreeBySimulcast() {
  std::vector<LayerOption> options;
  const int64_t rates[] = {150, 500, 1500};
  const int64_t shares[] = {40, 60, 100};
  for (uint8_t encoding = 0; encoding < 3; ++encoding) {
    const auto height = static_cast<uint16_t>(180 << encoding);
    for (uint8_t temporal = 0; temporal < 3; ++temporal) {
      options.push_back({.layer = {.encoding = encoding, .temporal = TemporalLayer(temporal)},
                         .rate = Kbps(rates[encoding] * shares[temporal] / 100),
                         .resolution = {static_cast<uint16_t>(height * 16 / 9), height}});
    }
  }
  return options;
}

constexpr Layer MakeLayer(uint8_t encoding, uint8_t temporal) {
  return {.encoding = encoding, .temporal = TemporalLayer(temporal)};
}

// A viewer's slots. Switches take effect at once, unless `switches` is off.
class View {
 public:
  struct Slot {
    SlotHistory history;
    SlotRequest request;
    std::vector<LayerOption> options;
    SlotDecision decision;
    int changes = 0;
    int resolution_changes = 0;
    bool switches = true;
  };

  View() = default;
  explicit View(const AllocationConfig& config) : allocator_(config) {}

  Slot& AddSlot(std::vector<LayerOption> options = ThreeBySimulcast(), uint8_t priority = 128) {
    Slot& slot = slots_.emplace_back();
    slot.request.source = ProducerId(static_cast<uint32_t>(slots_.size()));
    slot.request.demand.priority = priority;
    slot.options = std::move(options);
    return slot;
  }
  void AddSlots(int count) {
    for (int i = 0; i < count; ++i) AddSlot();
  }

  void Allocate(DataRate available) {
    std::vector<SlotRequest> requests;
    for (Slot& slot : slots_) {
      slot.request.history = &slot.history;
      slot.request.options = slot.options;
      requests.push_back(slot.request);
    }
    result_ = allocator_.Allocate(now_, available, requests);
    for (std::size_t i = 0; i < slots_.size(); ++i) Take(slots_[i], result_.slots[i]);
  }

  // Ten times a second, as the downlink does.
  void Run(TimeDelta duration, DataRate available) {
    for (const Timestamp end = now_ + duration; now_ < end; now_ += milliseconds(100)) {
      Allocate(available);
    }
  }

  [[nodiscard]] Slot& operator[](std::size_t index) { return slots_[index]; }
  [[nodiscard]] std::optional<Layer> TargetOf(std::size_t index) const {
    return slots_[index].decision.target;
  }
  [[nodiscard]] LayerReason ReasonOf(std::size_t index) const {
    return slots_[index].decision.reason;
  }
  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  [[nodiscard]] int ResolutionChanges() const {
    int changes = 0;
    for (const Slot& slot : slots_) changes += slot.resolution_changes;
    return changes;
  }
  [[nodiscard]] const Allocator::Result& result() const { return result_; }
  [[nodiscard]] const Allocator& allocator() const { return allocator_; }
  [[nodiscard]] Timestamp now() const { return now_; }

 private:
  static void Take(Slot& slot, const SlotDecision& decision) {
    const auto& before = slot.decision.target;
    const auto& after = decision.target;
    if (before != after) {
      ++slot.changes;
      const bool same = before && after && before->encoding == after->encoding &&
                        before->spatial == after->spatial;
      if (!same) ++slot.resolution_changes;
    }
    slot.decision = decision;
    if (slot.switches) slot.request.current = decision.target;
  }

  std::deque<Slot> slots_;
  Allocator allocator_;
  Allocator::Result result_;
  Timestamp now_ = kStart;
};

}  // namespace stellwerk::allocation_testing
