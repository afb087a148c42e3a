#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtp/header_extensions/audio_level.h"

namespace stellwerk {

// How loud one source is now, smoothed: rises within a syllable, falls within about half a second,
// and is silent when its packets stop. Trivially copyable.
class SmoothedLoudness {
 public:
  // 0 = silence .. 127 = the loudest (127 - the level of RFC 6464).
  static constexpr float kMax = 127.0F;

  void OnLevel(AudioLevel level, Timestamp arrival);
  [[nodiscard]] float At(Timestamp now) const;
  [[nodiscard]] bool voice_activity() const { return voice_activity_; }

 private:
  float loudness_ = 0;
  Timestamp updated_{};
  bool voice_activity_ = false;
};

// The smoothed levels of all audio producers of a router, fed with the RFC 6464 extension of each
// packet.
class AudioLevelObserver {
 public:
  void AddProducer(ProducerId producer);
  void RemoveProducer(ProducerId producer);
  // Ignores producers that were not added.
  void OnAudioLevel(ProducerId producer, AudioLevel level, Timestamp arrival);
  // 0..127; 0 for one that was not added.
  [[nodiscard]] float LoudnessOf(ProducerId producer, Timestamp now) const;
  [[nodiscard]] bool Contains(ProducerId producer) const { return producers_.contains(producer); }
  [[nodiscard]] std::size_t size() const { return producers_.size(); }

  // Calls visit(ProducerId, float loudness) for each producer, in no particular order.
  template <typename Visitor>
  void ForEach(Timestamp now, Visitor&& visit) const {
    for (const auto& [producer, loudness] : producers_) visit(producer, loudness.At(now));
  }

 private:
  absl::flat_hash_map<ProducerId, SmoothedLoudness> producers_;
};

}  // namespace stellwerk
