#include "rtc/audio/audio_level_observer.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::hours(24 * 20'000)};
constexpr ProducerId kAlice{1};

// A packet every 20 ms.
Timestamp Speak(AudioLevelObserver& levels, uint8_t level, Timestamp from, TimeDelta duration) {
  Timestamp now = from;
  for (; now < from + duration; now += milliseconds(20)) {
    levels.OnAudioLevel(kAlice, {.level = level, .voice_activity = true}, now);
  }
  return now;
}

TEST(AudioLevelObserver, RisesWithinASyllableAndFallsMoreSlowly) {
  AudioLevelObserver levels;
  levels.AddProducer(kAlice);
  EXPECT_EQ(levels.LoudnessOf(kAlice, kStart), 0);
  const Timestamp loud = Speak(levels, 27, kStart, milliseconds(300));
  EXPECT_GT(levels.LoudnessOf(kAlice, loud), 95);
  EXPECT_LE(levels.LoudnessOf(kAlice, loud), 100);
  const Timestamp pause = Speak(levels, 127, loud, milliseconds(200));
  EXPECT_GT(levels.LoudnessOf(kAlice, pause), 50);
  const Timestamp silent = Speak(levels, 127, pause, seconds(3));
  EXPECT_LT(levels.LoudnessOf(kAlice, silent), 1);
}

TEST(AudioLevelObserver, OnePacketIsNotAVoice) {
  AudioLevelObserver levels;
  levels.AddProducer(kAlice);
  Timestamp now = Speak(levels, 127, kStart, seconds(1));
  levels.OnAudioLevel(kAlice, {.level = 0, .voice_activity = false}, now);
  EXPECT_LT(levels.LoudnessOf(kAlice, now), 40);
}

TEST(AudioLevelObserver, WhenPacketsStopItBecomesSilent) {
  AudioLevelObserver levels;
  levels.AddProducer(kAlice);
  const Timestamp end = Speak(levels, 10, kStart, seconds(1));
  EXPECT_GT(levels.LoudnessOf(kAlice, end + milliseconds(400)), 110) << "the gap of Opus DTX";
  EXPECT_LT(levels.LoudnessOf(kAlice, end + seconds(3)), 1);
}

TEST(AudioLevelObserver, AnOlderPacketDoesNotTurnTheClockBack) {
  AudioLevelObserver levels;
  levels.AddProducer(kAlice);
  const Timestamp end = Speak(levels, 10, kStart, seconds(1));
  const float before = levels.LoudnessOf(kAlice, end);
  levels.OnAudioLevel(kAlice, {.level = 127, .voice_activity = false}, kStart);
  EXPECT_EQ(levels.LoudnessOf(kAlice, end), before);
}

TEST(AudioLevelObserver, KnowsOnlyWhatWasAdded) {
  AudioLevelObserver levels;
  levels.OnAudioLevel(kAlice, {.level = 0, .voice_activity = true}, kStart);
  EXPECT_EQ(levels.size(), 0U);
  levels.AddProducer(kAlice);
  Speak(levels, 0, kStart, seconds(1));
  levels.RemoveProducer(kAlice);
  EXPECT_EQ(levels.LoudnessOf(kAlice, kStart + seconds(1)), 0);
  EXPECT_FALSE(levels.Contains(kAlice));
}

}  // namespace
}  // namespace stellwerk
