#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtc/audio/audio_level_observer.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace stellwerk {

// The loudest producers, the one who has the floor first, and steady about it: two voices of equal
// strength do not swap places several times a second, and a pause between sentences does not cost a
// place. A free place is taken at once; one that is taken changes hands only to a voice that was
// clearly louder for a while.
class LoudestRanking {
 public:
  struct Config {
    std::size_t size = 5;  // places; each listener's own voice may take one of them
    float audible = 57;    // loudness that counts at all: -70 dBov
    float lead = 6;        // dB by which a challenger must exceed whom it displaces
    TimeDelta overtake_after = std::chrono::milliseconds(300);  // for that long
    TimeDelta hold = std::chrono::seconds(2);  // silence after which a place becomes free
  };

  LoudestRanking() = default;
  explicit LoudestRanking(const Config& config) : config_(config) {}

  // To be called regularly, every 100 ms or so. True if the ranking changed.
  bool Update(Timestamp now, const AudioLevelObserver& levels);
  [[nodiscard]] std::span<const ProducerId> ranking() const { return ranking_; }

 private:
  // Since when something has been true of a producer, without a break.
  class Sustained {
   public:
    // Notes whether it is true now; says whether it has been for at least `duration`.
    bool Note(ProducerId producer, bool holds, TimeDelta duration, Timestamp now);
    void Forget(ProducerId producer) { since_.erase(producer); }
    void ForgetAllBut(const AudioLevelObserver& levels);

   private:
    absl::flat_hash_map<ProducerId, Timestamp> since_;
  };
  struct Voice {
    ProducerId producer;
    float loudness = 0;
  };

  [[nodiscard]] bool IsRanked(ProducerId producer) const;
  bool RemoveGoneAndSilent(Timestamp now, const AudioLevelObserver& levels);
  bool AdmitChallengers(Timestamp now, const AudioLevelObserver& levels);
  bool PassTheFloor(Timestamp now, const AudioLevelObserver& levels);

  Config config_;
  std::vector<ProducerId> ranking_;
  Sustained silent_;
  Sustained louder_than_weakest_;
  Sustained louder_than_first_;
};

}  // namespace stellwerk
