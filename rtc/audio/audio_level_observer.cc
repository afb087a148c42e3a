#include "rtc/audio/audio_level_observer.h"

#include <algorithm>
#include <cmath>
#include <ratio>

namespace stellwerk {
namespace {

using FloatSeconds = std::chrono::duration<float>;

// A syllable lasts about 200 ms, a pause between words as long.
constexpr FloatSeconds kRiseTime{0.08F};
constexpr FloatSeconds kFallTime{0.4F};
// A single step never weighs more than this, so that the first packet after a pause is not taken
// for the whole pause.
constexpr FloatSeconds kMaxStep{0.1F};
// Opus DTX still sends a packet every 400 ms. One who sends nothing for longer is not speaking.
constexpr FloatSeconds kPacketsStopped{0.5F};

float Weight(FloatSeconds elapsed, FloatSeconds time_constant) {
  return 1.0F - std::exp(-elapsed.count() / time_constant.count());
}

}  // namespace

void SmoothedLoudness::OnLevel(AudioLevel level, Timestamp arrival) {
  const float target = static_cast<float>(AudioLevel::kSilence - level.level);
  const float before = At(arrival);
  const FloatSeconds elapsed =
      std::clamp(FloatSeconds(arrival - updated_), FloatSeconds(0), kMaxStep);
  loudness_ = before + (target - before) * Weight(elapsed, target > before ? kRiseTime : kFallTime);
  updated_ = std::max(updated_, arrival);
  voice_activity_ = level.voice_activity;
}

float SmoothedLoudness::At(Timestamp now) const {
  const FloatSeconds idle = FloatSeconds(now - updated_) - kPacketsStopped;
  if (idle.count() <= 0) return loudness_;
  return loudness_ * (1.0F - Weight(idle, kFallTime));
}

void AudioLevelObserver::AddProducer(ProducerId producer) { producers_.try_emplace(producer); }

void AudioLevelObserver::RemoveProducer(ProducerId producer) { producers_.erase(producer); }

void AudioLevelObserver::OnAudioLevel(ProducerId producer, AudioLevel level, Timestamp arrival) {
  const auto entry = producers_.find(producer);
  if (entry != producers_.end()) entry->second.OnLevel(level, arrival);
}

float AudioLevelObserver::LoudnessOf(ProducerId producer, Timestamp now) const {
  const auto entry = producers_.find(producer);
  return entry == producers_.end() ? 0.0F : entry->second.At(now);
}

}  // namespace stellwerk
