#include <gtest/gtest.h>

#include "tests/rtc/audio/talk.h"

namespace stellwerk {
namespace {

using audio_testing::kStart;
using audio_testing::Microphone;
using audio_testing::milliseconds;
using audio_testing::seconds;
using audio_testing::Talk;
using Sound = Talk::Sound;

constexpr ProducerId kAlice{1};
constexpr AudioLevel kWord{.level = 30, .voice_activity = true};
constexpr AudioLevel kUnmarkedWord{.level = 30, .voice_activity = false};
constexpr AudioLevel kNothing{.level = 127, .voice_activity = false};

// Packets of `level` every `step`; how many of them began a voice.
int Feed(SpeechActivity& speech, AudioLevel level, Timestamp& now, TimeDelta duration,
         TimeDelta step = milliseconds(20)) {
  int begun = 0;
  for (const Timestamp end = now + duration; now < end; now += step) {
    begun += speech.OnLevel(level, now) ? 1 : 0;
  }
  return begun;
}

TEST(SpeechBegins, WithTheFirstPacketThatIsMarkedAsSpeech) {
  SpeechActivity speech;
  Timestamp now = kStart;
  EXPECT_EQ(Feed(speech, kNothing, now, seconds(2)), 0);
  EXPECT_TRUE(speech.OnLevel(kWord, now));
  EXPECT_FALSE(speech.OnLevel(kWord, now + milliseconds(20))) << "once";
}

TEST(SpeechBegins, WithTheVeryFirstPacketOfAll) {
  SpeechActivity speech;
  EXPECT_TRUE(speech.OnLevel(kWord, kStart));
}

TEST(SpeechBegins, WithTheSecondPacketWhereNoneAreMarked) {
  SpeechActivity speech;
  Timestamp now = kStart;
  Feed(speech, kNothing, now, seconds(2));
  EXPECT_FALSE(speech.OnLevel(kUnmarkedWord, now));
  EXPECT_FALSE(speech.OnLevel(kNothing, now + milliseconds(20))) << "a click";
  EXPECT_FALSE(speech.OnLevel(kUnmarkedWord, now + milliseconds(40)));
  EXPECT_TRUE(speech.OnLevel(kUnmarkedWord, now + milliseconds(60)));
}

TEST(SpeechBegins, AfterThePausesOfDtx) {
  SpeechActivity speech;
  Timestamp now = kStart;
  Feed(speech, kWord, now, seconds(1));
  EXPECT_EQ(Feed(speech, kNothing, now, seconds(10), milliseconds(400)), 0);
  EXPECT_FALSE(speech.IsSpeaking(now));
  EXPECT_EQ(speech.At(now).sustained, 0) << "not frozen at what it was";
  EXPECT_TRUE(speech.OnLevel(kWord, now));
}

TEST(SpeechBegins, NotAgainBetweenTwoWords) {
  SpeechActivity speech;
  Timestamp now = kStart;
  Feed(speech, kNothing, now, seconds(1));
  EXPECT_EQ(Feed(speech, kWord, now, milliseconds(300)), 1);
  for (int word = 0; word < 10; ++word) {
    Feed(speech, kNothing, now, milliseconds(200));
    EXPECT_EQ(Feed(speech, kWord, now, milliseconds(300)), 0);
  }
}

TEST(SpeechBegins, NotWithWhatAMarkingSenderDoesNotMark) {
  SpeechActivity speech;
  Timestamp now = kStart;
  Feed(speech, kWord, now, seconds(1));
  Feed(speech, kNothing, now, seconds(1));
  EXPECT_EQ(Feed(speech, kUnmarkedWord, now, seconds(1)), 0);
}

TEST(SpeechBegins, NeverInSilenceOrBesideAFan) {
  Talk talk;
  talk.Join(kAlice, Microphone(3));
  talk.Run(seconds(60));
  EXPECT_EQ(talk.BegunBy(kAlice), 0);
  talk.Run(seconds(4), kAlice, Sound::kFan);
  const int while_it_started = talk.BegunBy(kAlice);
  talk.Run(seconds(60), kAlice, Sound::kFan);
  EXPECT_EQ(talk.BegunBy(kAlice), while_it_started);
}

TEST(SpeechBegins, AboutOnceASentence) {
  Talk talk;
  talk.Join(kAlice, Microphone(4));
  talk.Run(seconds(2));
  for (int sentence = 0; sentence < 10; ++sentence) {
    talk.Run(seconds(3), kAlice, Sound::kSpeech);
    talk.Run(seconds(1), kAlice, Sound::kSilence);
  }
  EXPECT_GE(talk.BegunBy(kAlice), 10);
  EXPECT_LE(talk.BegunBy(kAlice), 14);
}

}  // namespace
}  // namespace stellwerk
