#include "rtc/audio/audio_level_observer.h"

#include <algorithm>
#include <utility>

namespace stellwerk {

bool AudioLevelObserver::OnAudioLevel(ProducerId producer, AudioLevel level, Timestamp arrival) {
  const auto entry = producers_.find(producer);
  return entry != producers_.end() && entry->second.OnLevel(level, arrival);
}

const SpeechActivity* AudioLevelObserver::Find(ProducerId producer) const {
  const auto entry = producers_.find(producer);
  return entry == producers_.end() ? nullptr : &entry->second;
}

std::vector<ProducerId> AudioLevelObserver::Speaking(Timestamp now, std::size_t limit) const {
  std::vector<std::pair<uint16_t, ProducerId>> speaking;
  for (const auto& [producer, speech] : producers_) {
    if (speech.IsSpeaking(now)) speaking.emplace_back(speech.At(now).energy, producer);
  }
  // By id among equals, so that the result does not depend on the order of a hash table.
  std::sort(speaking.begin(), speaking.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<ProducerId> producers;
  for (const auto& [energy, producer] : speaking) {
    if (producers.size() == limit) break;
    producers.push_back(producer);
  }
  return producers;
}

}  // namespace stellwerk
