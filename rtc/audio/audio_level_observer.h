#pragma once

#include <cstddef>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtc/audio/speech_activity.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtp/header_extensions/audio_level.h"

namespace stellwerk {

// How much each audio producer of a router speaks, fed with the RFC 6464 extension of each packet.
class AudioLevelObserver {
 public:
  void AddProducer(ProducerId producer) { producers_.try_emplace(producer); }
  void RemoveProducer(ProducerId producer) { producers_.erase(producer); }
  // True if the producer begins to speak with this packet. Ignores producers that were not added.
  bool OnAudioLevel(ProducerId producer, AudioLevel level, Timestamp arrival);

  // nullptr for one that was not added.
  [[nodiscard]] const SpeechActivity* Find(ProducerId producer) const;
  [[nodiscard]] bool Contains(ProducerId producer) const { return producers_.contains(producer); }
  [[nodiscard]] std::size_t size() const { return producers_.size(); }
  // Who speaks now, the most active first, at most `limit`.
  [[nodiscard]] std::vector<ProducerId> Speaking(Timestamp now, std::size_t limit) const;

  // Calls visit(ProducerId, const SpeechActivity&) for each producer, in no particular order.
  template <typename Visitor>
  void ForEach(Visitor&& visit) const {
    for (const auto& [producer, speech] : producers_) visit(producer, speech);
  }

 private:
  absl::flat_hash_map<ProducerId, SpeechActivity> producers_;
};

}  // namespace stellwerk
