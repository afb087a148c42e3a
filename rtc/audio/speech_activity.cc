#include "rtc/audio/speech_activity.h"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

constexpr TimeDelta kFrame = std::chrono::milliseconds(20);
// A packet holds up to 120 ms; a longer gap is a pause.
constexpr int64_t kLongestPacket = 6;
// What counts as a noise at all: -70 dBov. Microphones are noisier; what is quieter was suppressed.
constexpr uint8_t kLeastNoise = AudioLevel::kSilence - 70;
// What is louder than this is meant to be heard, however steady it is: music.
constexpr uint8_t kMostNoise = AudioLevel::kSilence - 45;
constexpr int kStep = 4;         // dB
constexpr int kSpeechSteps = 3;  // above the noise: speech
// Between two syllables the level falls by this, dB, for a frame at least.
constexpr int kDip = 12;
// "Now" is so many frames: one alone is often the gap between two syllables.
constexpr int kImmediateFrames = 3;
constexpr int kSpeechFramesInBlock = 3;
constexpr uint8_t kBlocksPerWindow = 5;
constexpr uint8_t kNothing = 0xFF;

int64_t FrameNumber(Timestamp time) { return time.time_since_epoch() / kFrame; }

}  // namespace

bool SpeechActivity::OnLevel(AudioLevel level, Timestamp arrival) {
  marks_speech_ |= level.voice_activity;
  const bool may_be_speech = level.voice_activity || !marks_speech_;
  const auto loudness =
      may_be_speech ? static_cast<uint8_t>(AudioLevel::kSilence - level.level) : uint8_t{0};

  const int64_t number = FrameNumber(arrival);
  if (newest_ == 0) {
    newest_ = number - 1;
    quietest_.fill(kNothing);
  }
  const int64_t gap = number - newest_;
  if (gap <= -kFrames) return false;
  if (gap <= 0) {
    // Several packets within a frame, or a late one.
    uint8_t& place = loudness_[static_cast<std::size_t>(number % kFrames)];
    place = std::max(place, loudness);
  } else {
    const uint8_t filling = gap <= kLongestPacket ? loudness : uint8_t{0};
    for (int64_t i = std::min<int64_t>(gap, kFrames) - 1; i >= 0; --i) {
      newest_ = number - i;
      Append(i == 0 ? loudness : filling);
    }
  }
  if (StepsAboveNoise(loudness) < kSpeechSteps) {
    loud_in_a_row_ = 0;
    return false;
  }
  loud_in_a_row_ = std::min<uint8_t>(loud_in_a_row_ + 1, 2);
  // One loud packet is a click as often as a word.
  if (!level.voice_activity && loud_in_a_row_ < 2) return false;
  const bool begins = !IsSpeaking(arrival);
  last_voice_ = std::max(last_voice_, arrival);
  return begins;
}

void SpeechActivity::Append(uint8_t loudness) {
  loudness_[static_cast<std::size_t>(newest_ % kFrames)] = loudness;
  block_sum_ = static_cast<uint16_t>(block_sum_ + loudness);
  if (++frames_in_block_ < Activity::kMediumFrames) return;
  const auto mean = static_cast<uint8_t>(block_sum_ / Activity::kMediumFrames);
  frames_in_block_ = 0;
  block_sum_ = 0;
  quietest_[window_] = std::min(quietest_[window_], mean);
  blocks_heard_ = std::min<uint8_t>(blocks_heard_ + 1, kBlocksPerWindow);
  if (++blocks_in_window_ < kBlocksPerWindow) return;
  blocks_in_window_ = 0;
  window_ = static_cast<uint8_t>((window_ + 1) % kWindows);
  quietest_[window_] = kNothing;
}

uint8_t SpeechActivity::Noise() const {
  // Who joins in the middle of a word is heard; who joins with a fan, for half a second.
  if (blocks_heard_ < kBlocksPerWindow) return kLeastNoise;
  return std::clamp(*std::min_element(quietest_.begin(), quietest_.end()), kLeastNoise, kMostNoise);
}

int SpeechActivity::StepsAboveNoise(uint8_t loudness) const {
  return std::clamp((loudness - Noise()) / kStep, 0, Activity::kImmediateSteps);
}

Activity SpeechActivity::At(Timestamp now) const {
  Activity activity;
  const int64_t missing = FrameNumber(now) - newest_;
  if (newest_ == 0 || missing >= kFrames) return activity;
  // What is still on its way is not silence.
  const int64_t last = missing <= kLongestPacket ? newest_ : newest_ + missing;
  for (int block = 0; block < Activity::kBlocks; ++block) {
    uint8_t with_speech = 0;
    for (int i = 0; i < Activity::kMediumFrames; ++i) {
      const int64_t number = last - block * Activity::kMediumFrames - i;
      const int steps = StepsAboveNoise(LoudnessOf(number));
      activity.energy = static_cast<uint16_t>(activity.energy + steps);
      if (steps >= kSpeechSteps) ++with_speech;
      if (last - number < kImmediateFrames) {
        activity.immediate = std::max(activity.immediate, static_cast<uint8_t>(steps));
      }
    }
    if (block == 0) activity.medium = with_speech;
    if (with_speech >= kSpeechFramesInBlock) ++activity.sustained;
  }
  activity.syllables = SyllablesUntil(last);
  return activity;
}

uint8_t SpeechActivity::LoudnessOf(int64_t frame) const {
  if (frame > newest_ || frame <= newest_ - kFrames || frame < 0) return 0;
  return loudness_[static_cast<std::size_t>(frame % kFrames)];
}

uint8_t SpeechActivity::SyllablesUntil(int64_t last) const {
  const int loudest = *std::max_element(loudness_.begin(), loudness_.end());
  const int low = std::max<int>(loudest - kDip, Noise());
  uint8_t syllables = 0;
  bool is_low = LoudnessOf(last - kFrames + 1) < low;
  for (int64_t frame = last - kFrames + 2; frame <= last; ++frame) {
    const bool was_low = std::exchange(is_low, LoudnessOf(frame) < low);
    if (was_low && !is_low) ++syllables;
  }
  return syllables;
}

}  // namespace stellwerk
