#pragma once

#include <array>
#include <cstdint>

#include "rtc/base/units.h"
#include "rtc/rtp/header_extensions/audio_level.h"

namespace stellwerk {

// How much one source speaks, after Volfin & Cohen (README.md): in this frame, in the last tenth of
// a second and in the last second.
struct Activity {
  uint8_t immediate = 0;  // by how much the newest frames exceed the noise: 0..13
  uint8_t medium = 0;     // of the last five frames, those with speech: 0..5
  uint8_t sustained = 0;  // of the last ten blocks of five frames, those with speech: 0..10
  uint8_t syllables = 0;  // how often it rose from near silence within the last second
  uint16_t energy = 0;    // sum of what all frames exceed the noise by

  static constexpr int kImmediateSteps = 13;
  static constexpr int kMediumFrames = 5;
  static constexpr int kBlocks = 10;

  // Longer than a cough or a word of assent, and with syllables, which a fan has not.
  [[nodiscard]] bool IsTalk() const { return sustained >= kBlocks / 2 && syllables >= 2; }
};

// The last second of one source's levels (RFC 6464), on a grid of 20 ms, and the noise behind them.
// What was not received for longer than a packet lasts counts as silence, as in the pauses of DTX.
// Trivially copyable.
class SpeechActivity {
 public:
  // A packet of a source. True if its voice begins with it: at the first packet that the sender
  // marks as speech, at the second if it marks none; not again before a pause.
  bool OnLevel(AudioLevel level, Timestamp arrival);

  [[nodiscard]] Activity At(Timestamp now) const;
  // When it was last heard to speak; the beginning of time if never.
  [[nodiscard]] Timestamp last_voice() const { return last_voice_; }
  [[nodiscard]] bool IsSpeaking(Timestamp now) const { return now - last_voice_ < kPause; }

  // Longer than a closed consonant or the gap between two words.
  static constexpr TimeDelta kPause = std::chrono::milliseconds(300);

 private:
  static constexpr int kFrames = Activity::kMediumFrames * Activity::kBlocks;
  static constexpr int kWindows = 6;  // of half a second

  void Append(uint8_t loudness);
  [[nodiscard]] uint8_t LoudnessOf(int64_t frame) const;
  [[nodiscard]] uint8_t SyllablesUntil(int64_t last) const;
  // 127 - dBov of what is there when nobody speaks.
  [[nodiscard]] uint8_t Noise() const;
  [[nodiscard]] int StepsAboveNoise(uint8_t loudness) const;

  std::array<uint8_t, kFrames> loudness_{};  // by frame number modulo its size
  int64_t newest_ = 0;                       // number of the newest frame; 0: none yet
  Timestamp last_voice_{};
  bool marks_speech_ = false;  // its voice activity flag means something
  uint8_t loud_in_a_row_ = 0;

  // Noise: the quietest tenth of a second within the last three.
  std::array<uint8_t, kWindows> quietest_{};
  uint8_t window_ = 0;
  uint8_t blocks_in_window_ = 0;
  uint8_t frames_in_block_ = 0;
  uint16_t block_sum_ = 0;
  uint8_t blocks_heard_ = 0;  // up to a whole window
};

}  // namespace stellwerk
