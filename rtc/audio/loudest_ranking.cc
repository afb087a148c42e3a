#include "rtc/audio/loudest_ranking.h"

#include <algorithm>

namespace stellwerk {

bool LoudestRanking::Update(Timestamp now, const AudioLevelObserver& levels) {
  floor_.Update(now, levels);
  bool changed = RemoveGoneAndSilent(now, levels);
  changed |= Admit(now, levels);
  changed |= PutTheFloorFirst();
  return changed;
}

bool LoudestRanking::RemoveGoneAndSilent(Timestamp now, const AudioLevelObserver& levels) {
  return std::erase_if(ranking_, [&](ProducerId producer) {
           const SpeechActivity* speech = levels.Find(producer);
           return speech == nullptr || now - speech->last_voice() >= config_.hold;
         }) > 0;
}

bool LoudestRanking::Admit(Timestamp now, const AudioLevelObserver& levels) {
  bool changed = false;
  // No more than could be placed even if all who have a place are displaced.
  for (const ProducerId producer : levels.Speaking(now, 2 * config_.size)) {
    if (std::find(ranking_.begin(), ranking_.end(), producer) != ranking_.end()) continue;
    if (!levels.Find(producer)->At(now).IsTalk()) continue;
    if (ranking_.size() >= config_.size) {
      // The one who has been silent for longest makes room, unless all speak.
      const auto quietest =
          std::min_element(ranking_.begin(), ranking_.end(), [&](ProducerId a, ProducerId b) {
            return levels.Find(a)->last_voice() < levels.Find(b)->last_voice();
          });
      const bool has_floor = floor_.current() == producer;
      if (quietest == ranking_.end()) break;
      if (levels.Find(*quietest)->IsSpeaking(now) && !has_floor) break;
      ranking_.erase(quietest);
    }
    ranking_.push_back(producer);
    changed = true;
  }
  return changed;
}

bool LoudestRanking::PutTheFloorFirst() {
  if (!floor_.current()) return false;
  const auto place = std::find(ranking_.begin(), ranking_.end(), *floor_.current());
  if (place == ranking_.end() || place == ranking_.begin()) return false;
  std::rotate(ranking_.begin(), place, place + 1);
  return true;
}

}  // namespace stellwerk
