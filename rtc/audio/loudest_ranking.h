#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rtc/audio/audio_level_observer.h"
#include "rtc/audio/dominant_speaker.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace stellwerk {

// The producers that take part in the talk: who has the floor first, the others in the order in
// which they joined in. Steady: one joins in with half a second of speech, a pause between
// sentences does not cost a place, and only the floor moves.
class LoudestRanking {
 public:
  struct Config {
    std::size_t size = 5;
    TimeDelta hold = std::chrono::seconds(2);  // silence after which one no longer takes part
  };

  LoudestRanking() = default;
  explicit LoudestRanking(const Config& config) : config_(config) {}

  // To be called regularly, every 100 ms or so. True if the ranking changed.
  bool Update(Timestamp now, const AudioLevelObserver& levels);
  // Empty in silence.
  [[nodiscard]] std::span<const ProducerId> ranking() const { return ranking_; }

 private:
  bool RemoveGoneAndSilent(Timestamp now, const AudioLevelObserver& levels);
  bool Admit(Timestamp now, const AudioLevelObserver& levels);
  bool PutTheFloorFirst();

  Config config_;
  std::vector<ProducerId> ranking_;
  DominantSpeaker floor_;
};

}  // namespace stellwerk
