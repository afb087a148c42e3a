#include "rtc/audio/loudest_ranking.h"

#include <algorithm>

namespace stellwerk {

bool LoudestRanking::Sustained::Note(ProducerId producer, bool holds, TimeDelta duration,
                                     Timestamp now) {
  if (!holds) {
    since_.erase(producer);
    return false;
  }
  return now - since_.try_emplace(producer, now).first->second >= duration;
}

void LoudestRanking::Sustained::ForgetAllBut(const AudioLevelObserver& levels) {
  absl::erase_if(since_, [&](const auto& entry) { return !levels.Contains(entry.first); });
}

bool LoudestRanking::Update(Timestamp now, const AudioLevelObserver& levels) {
  silent_.ForgetAllBut(levels);
  louder_than_weakest_.ForgetAllBut(levels);
  louder_than_first_.ForgetAllBut(levels);
  bool changed = RemoveGoneAndSilent(now, levels);
  changed |= AdmitChallengers(now, levels);
  changed |= PassTheFloor(now, levels);
  return changed;
}

bool LoudestRanking::IsRanked(ProducerId producer) const {
  return std::find(ranking_.begin(), ranking_.end(), producer) != ranking_.end();
}

bool LoudestRanking::RemoveGoneAndSilent(Timestamp now, const AudioLevelObserver& levels) {
  const auto removed = std::erase_if(ranking_, [&](ProducerId producer) {
    const bool silent = levels.LoudnessOf(producer, now) < config_.audible;
    return !levels.Contains(producer) || silent_.Note(producer, silent, config_.hold, now);
  });
  return removed > 0;
}

bool LoudestRanking::AdmitChallengers(Timestamp now, const AudioLevelObserver& levels) {
  std::vector<Voice> challengers;
  levels.ForEach(now, [&](ProducerId producer, float loudness) {
    if (IsRanked(producer)) return;
    if (loudness >= config_.audible) {
      challengers.push_back({producer, loudness});
    } else {
      louder_than_weakest_.Forget(producer);
    }
  });
  // By id among equals, so that the result does not depend on the order of a hash table.
  std::sort(challengers.begin(), challengers.end(), [](const Voice& a, const Voice& b) {
    return a.loudness != b.loudness ? a.loudness > b.loudness : a.producer < b.producer;
  });

  bool changed = false;
  for (const Voice& challenger : challengers) {
    auto place = ranking_.end();
    if (ranking_.size() < config_.size) {
      place = ranking_.insert(ranking_.end(), challenger.producer);
    } else {
      // Who has the floor is displaced only by PassTheFloor, unless there is no other place.
      const auto begin = ranking_.begin() + (ranking_.size() > 1 ? 1 : 0);
      place = std::min_element(begin, ranking_.end(), [&](ProducerId a, ProducerId b) {
        return levels.LoudnessOf(a, now) < levels.LoudnessOf(b, now);
      });
      if (place == ranking_.end()) break;
      const bool louder = challenger.loudness > levels.LoudnessOf(*place, now) + config_.lead;
      if (!louder_than_weakest_.Note(challenger.producer, louder, config_.overtake_after, now)) {
        continue;
      }
      *place = challenger.producer;
    }
    louder_than_weakest_.Forget(challenger.producer);
    louder_than_first_.Forget(challenger.producer);
    silent_.Forget(challenger.producer);
    changed = true;
  }
  return changed;
}

bool LoudestRanking::PassTheFloor(Timestamp now, const AudioLevelObserver& levels) {
  if (ranking_.size() < 2) return false;
  const float first = levels.LoudnessOf(ranking_.front(), now);
  auto successor = ranking_.end();
  for (auto place = ranking_.begin() + 1; place != ranking_.end(); ++place) {
    const float loudness = levels.LoudnessOf(*place, now);
    const bool louder = loudness > first + config_.lead;
    if (!louder_than_first_.Note(*place, louder, config_.overtake_after, now)) continue;
    if (successor == ranking_.end() || loudness > levels.LoudnessOf(*successor, now)) {
      successor = place;
    }
  }
  if (successor == ranking_.end()) return false;
  louder_than_first_.Forget(*successor);
  std::rotate(ranking_.begin(), successor, successor + 1);
  return true;
}

}  // namespace stellwerk
