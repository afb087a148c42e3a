#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "bench/synthetic/distribution.h"
#include "bench/synthetic/shown_layers.h"
#include "bench/synthetic/stream_report.h"
#include "rtc/base/units.h"

namespace stellwerk::load {

// How what was shown compares with what was to be shown.
struct LayerTally {
  TimeDelta watched{};                      // something was shown, and something was expected
  TimeDelta as_expected{};                  // of it, in the expected height
  std::map<int, TimeDelta> by_height = {};  // pixels
  // From a change of what is expected until it is shown; of those that were shown at last.
  synthetic::Distribution switches = {};

  LayerTally& operator+=(const LayerTally& other);
};

// What one video slot was to show, over time.
class DemandLog {
 public:
  // `height`: of the picture that is to come, in pixels; 0: none. `source`: whose (of the payload
  // mark); nullopt: anybody's. Nothing happens if that is what is expected already.
  void Expect(Timestamp now, int height, std::optional<uint32_t> source = std::nullopt);
  // Compares with what was shown until `end`. The first expectation is no switch.
  [[nodiscard]] LayerTally Compare(std::span<const synthetic::ShownLayer> shown, Timestamp end,
                                   synthetic::HeightOf height_of) const;

 private:
  struct Demand {
    Timestamp since;
    int height = 0;
    std::optional<uint32_t> source = {};
  };
  std::vector<Demand> demands_;
};

}  // namespace stellwerk::load
