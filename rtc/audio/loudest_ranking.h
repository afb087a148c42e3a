#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rtc/audio/audio_level_observer.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace stellwerk {

// The loudest producers in order, and steady about it: two voices of equal strength do not swap
// places several times a second, a pause between sentences does not cost a place, and nobody enters
// by a cough.
class LoudestRanking {
 public:
  struct Config {
    std::size_t size = 5;  // places; each listener's own voice may take one of them
    float audible = 57;    // loudness that counts at all: -70 dBov
    float lead = 6;        // dB by which a challenger must exceed the one in its place
    TimeDelta overtake_after = std::chrono::milliseconds(300);  // for that long
    TimeDelta hold =
        std::chrono::seconds(2);  // a silent one keeps its place so long as nobody wants it
  };

  LoudestRanking() = default;
  explicit LoudestRanking(const Config& config) : config_(config) {}

  // To be called regularly, every 100 ms or so. True if the ranking changed.
  bool Update(Timestamp now, const AudioLevelObserver& levels);
  // The loudest first; empty if all are silent.
  [[nodiscard]] std::span<const ProducerId> ranking() const { return ranking_; }

 private:
  Config config_;
  std::vector<ProducerId> ranking_;
};

}  // namespace stellwerk
