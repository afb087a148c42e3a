#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>

#include "rtc/audio/audio_level_observer.h"
#include "rtc/audio/loudest_ranking.h"

namespace stellwerk::audio_testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr Timestamp kStart{std::chrono::hours(24 * 20'000)};
inline constexpr TimeDelta kPacket = milliseconds(20);

// What comes from one microphone, a level each 20 ms.
class Microphone {
 public:
  enum class Sound : uint8_t { kSilence, kSpeech, kFan, kCough };

  Microphone() : Microphone(1) {}
  explicit Microphone(uint32_t seed, int speech_level = 25, int noise_level = 65)
      : random_(seed), speech_level_(speech_level), noise_level_(noise_level) {}

  void Make(Sound sound) {
    if (sound != sound_) frames_left_ = 0;
    sound_ = sound;
  }
  // With DTX nothing is sent in silence but a packet every 400 ms.
  void UseDtx() { dtx_ = true; }
  // Whether the sender's flag is worth anything.
  void MarkSpeech(bool marks) { marks_ = marks; }

  // nullopt: no packet in these 20 ms.
  std::optional<AudioLevel> Next() {
    ++frame_;
    switch (sound_) {
      case Sound::kSilence:
        if (!dtx_) return Level(noise_level_ + Jitter(4), false);
        return frame_ % 20 == 0 ? std::optional(Level(127, false)) : std::nullopt;
      case Sound::kFan:
        return Level(40 + Jitter(4), true);
      case Sound::kCough:
        return Level(12 + Jitter(4), true);
      case Sound::kSpeech:
        break;
    }
    if (frames_left_ == 0) NextPart();
    --frames_left_;
    return in_syllable_ ? Level(speech_level_ + Jitter(6), true)
                        : Level(noise_level_ + Jitter(4), true);
  }

 private:
  int Jitter(int limit) { return static_cast<int>(random_() % (2 * limit + 1)) - limit; }
  AudioLevel Level(int level, bool speech) const {
    return {.level = static_cast<uint8_t>(std::clamp(level, 0, 127)),
            .voice_activity = marks_ && speech};
  }
  // Syllables of 120-260 ms, gaps of 20-100 ms between them, of 140-260 ms between words.
  void NextPart() {
    in_syllable_ = !in_syllable_;
    if (in_syllable_) {
      frames_left_ = 6 + static_cast<int>(random_() % 8);
    } else {
      frames_left_ = random_() % 4 == 0 ? 7 + static_cast<int>(random_() % 7)
                                        : 1 + static_cast<int>(random_() % 5);
    }
  }

  std::mt19937 random_;
  int speech_level_;
  int noise_level_;
  Sound sound_ = Sound::kSilence;
  bool dtx_ = false;
  bool marks_ = true;
  int frame_ = 0;
  int frames_left_ = 0;
  bool in_syllable_ = false;
};

// A room whose participants make the sounds that they are told to.
class Talk {
 public:
  using Sound = Microphone::Sound;

  explicit Talk(std::size_t places = 5) : ranking_(LoudestRanking::Config{.size = places}) {}

  Microphone& Join(ProducerId id, Microphone microphone) {
    levels_.AddProducer(id);
    return microphones_.insert_or_assign(id, std::move(microphone)).first->second;
  }
  Microphone& operator[](ProducerId id) { return microphones_.at(id); }
  void Leave(ProducerId id) {
    levels_.RemoveProducer(id);
    microphones_.erase(id);
  }

  void Run(TimeDelta duration) {
    for (const Timestamp end = now_ + duration; now_ < end; now_ += kPacket) {
      for (auto& [id, microphone] : microphones_) {
        const auto level = microphone.Next();
        if (level && levels_.OnAudioLevel(id, *level, now_)) ++begun_[id];
      }
      if (now_.time_since_epoch() % milliseconds(100) != TimeDelta(0)) continue;
      const auto before = Floor();
      if (ranking_.Update(now_, levels_)) ++changes_;
      if (Floor() != before && Floor()) ++floor_changes_;
    }
  }
  void Run(TimeDelta duration, ProducerId id, Sound sound) {
    microphones_.at(id).Make(sound);
    Run(duration);
  }
  // How long it takes until `id` has the floor; at most 10 s.
  TimeDelta UntilFloorOf(ProducerId id) {
    const Timestamp start = now_;
    while (Floor() != id && now_ - start < seconds(10)) Run(kPacket);
    return now_ - start;
  }

  [[nodiscard]] std::optional<ProducerId> Floor() const {
    return ranking_.ranking().empty() ? std::nullopt : std::optional(ranking_.ranking().front());
  }
  [[nodiscard]] const LoudestRanking& ranking() const { return ranking_; }
  [[nodiscard]] const AudioLevelObserver& levels() const { return levels_; }
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] int changes() const { return changes_; }
  [[nodiscard]] int floor_changes() const { return floor_changes_; }
  [[nodiscard]] int BegunBy(ProducerId id) { return begun_[id]; }

 private:
  Timestamp now_ = kStart;
  AudioLevelObserver levels_;
  LoudestRanking ranking_;
  std::map<ProducerId, Microphone> microphones_;
  std::map<ProducerId, int> begun_;
  int changes_ = 0;
  int floor_changes_ = 0;
};

}  // namespace stellwerk::audio_testing
