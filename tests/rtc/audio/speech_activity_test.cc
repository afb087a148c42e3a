#include "rtc/audio/speech_activity.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <type_traits>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::hours(24 * 20'000)};

static_assert(std::is_trivially_copyable_v<SpeechActivity>);

class SpeechActivityTest : public testing::Test {
 protected:
  void Feed(uint8_t level, TimeDelta duration, TimeDelta step = milliseconds(20)) {
    for (const Timestamp end = now_ + duration; now_ < end; now_ += step) {
      speech_.OnLevel({.level = level, .voice_activity = true}, now_);
    }
  }
  // As the newest packet left it.
  [[nodiscard]] Activity Now() const { return speech_.At(now_ - milliseconds(20)); }

  SpeechActivity speech_;
  Timestamp now_ = kStart;
};

TEST_F(SpeechActivityTest, IsNothingBeforeTheFirstPacket) {
  EXPECT_EQ(Now().energy, 0);
  EXPECT_FALSE(speech_.IsSpeaking(kStart));
}

TEST_F(SpeechActivityTest, CountsFramesAndBlocks) {
  Feed(127, seconds(2));
  Feed(30, milliseconds(300));
  EXPECT_EQ(Now().immediate, 10) << "40 dB above the least noise";
  EXPECT_EQ(Now().medium, 5);
  EXPECT_EQ(Now().sustained, 3);
  EXPECT_EQ(Now().energy, 15 * 10);
  EXPECT_EQ(Now().syllables, 1);
  Feed(30, milliseconds(300));
  EXPECT_EQ(Now().sustained, 6);
  Feed(127, milliseconds(100));
  EXPECT_EQ(Now().immediate, 0);
  EXPECT_EQ(Now().medium, 0);
  EXPECT_EQ(Now().sustained, 6);
}

TEST_F(SpeechActivityTest, TalkHasSyllables) {
  Feed(127, seconds(2));
  Feed(30, milliseconds(300));
  Feed(60, milliseconds(40));
  EXPECT_FALSE(Now().IsTalk());
  Feed(30, milliseconds(300));
  EXPECT_EQ(Now().syllables, 2);
  EXPECT_TRUE(Now().IsTalk());
}

TEST_F(SpeechActivityTest, AToneIsNotTalk) {
  Feed(127, seconds(2));
  Feed(30, seconds(1));
  EXPECT_GE(Now().sustained, 9);
  EXPECT_FALSE(Now().IsTalk());
}

TEST_F(SpeechActivityTest, APacketOfSixtyMillisecondsCountsThrice) {
  Feed(127, seconds(2));
  Feed(30, milliseconds(600), milliseconds(60));
  EXPECT_GE(speech_.At(now_).sustained, 5);
}

TEST_F(SpeechActivityTest, PacketsThatAreLateAreNotAPause) {
  Feed(127, seconds(2));
  Feed(30, seconds(1));
  EXPECT_EQ(speech_.At(now_ + milliseconds(80)).sustained, 10);
}

TEST_F(SpeechActivityTest, PacketsThatStopAreSilence) {
  Feed(30, seconds(2));
  EXPECT_EQ(speech_.At(now_ + milliseconds(400)).medium, 0);
  EXPECT_LT(speech_.At(now_ + milliseconds(400)).sustained, 7);
  EXPECT_EQ(speech_.At(now_ + seconds(2)).energy, 0);
}

TEST_F(SpeechActivityTest, ASteadyNoiseBecomesTheBackground) {
  Feed(50, milliseconds(400));
  EXPECT_GT(Now().sustained, 0) << "it could be a word";
  Feed(50, milliseconds(300));
  EXPECT_EQ(Now().energy, 0);
  Feed(20, milliseconds(300));
  EXPECT_EQ(Now().immediate, 7) << "a voice beside it";
}

TEST_F(SpeechActivityTest, MusicIsNotBackgroundHoweverSteady) {
  Feed(25, seconds(10));
  EXPECT_TRUE(speech_.IsSpeaking(now_));
  EXPECT_FALSE(Now().IsTalk());
}

TEST_F(SpeechActivityTest, ANoiseThatEndsIsForgottenWithinASecond) {
  Feed(40, seconds(5));
  Feed(127, milliseconds(200));
  Feed(40, milliseconds(300));
  EXPECT_EQ(Now().immediate, 7);
}

TEST_F(SpeechActivityTest, ALatePacketDoesNotTurnTheClockBack) {
  Feed(127, seconds(2));
  Feed(30, seconds(1));
  const auto before = Now();
  const auto last_voice = speech_.last_voice();
  EXPECT_FALSE(speech_.OnLevel({.level = 127}, now_ - milliseconds(200)));
  speech_.OnLevel({.level = 0}, kStart);
  EXPECT_EQ(Now().sustained, before.sustained);
  EXPECT_EQ(speech_.last_voice(), last_voice);
}

TEST_F(SpeechActivityTest, AbsurdTimesAreSurvived) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 2000; ++i) {
    const auto arrival = Timestamp(
        TimeDelta(static_cast<int64_t>(random() % std::numeric_limits<int64_t>::max() / 4)));
    speech_.OnLevel({.level = static_cast<uint8_t>(random() % 128), .voice_activity = true},
                    arrival);
    EXPECT_LE(speech_.At(arrival).sustained, Activity::kBlocks);
  }
}

}  // namespace
}  // namespace stellwerk
