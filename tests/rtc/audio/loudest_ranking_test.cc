#include "rtc/audio/loudest_ranking.h"

#include <gmock/gmock.h>

#include "tests/rtc/audio/talk.h"

namespace stellwerk {
namespace {

using audio_testing::Microphone;
using audio_testing::milliseconds;
using audio_testing::seconds;
using audio_testing::Talk;
using Sound = Talk::Sound;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr ProducerId kAlice{1};
constexpr ProducerId kBob{2};
constexpr ProducerId kCarol{3};

class LoudestRankingTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const ProducerId id : {kAlice, kBob, kCarol}) talk_.Join(id, Microphone(id.value()));
    talk_.Run(seconds(4));
  }
  Talk talk_{2};
};

TEST_F(LoudestRankingTest, SilenceRanksNobody) {
  talk_.Run(seconds(10));
  EXPECT_EQ(talk_.changes(), 0);
  EXPECT_THAT(talk_.ranking().ranking(), IsEmpty());
}

TEST_F(LoudestRankingTest, OneWhoTalksIsRankedWithinASecond) {
  talk_.Run(seconds(1), kBob, Sound::kSpeech);
  EXPECT_THAT(talk_.ranking().ranking(), ElementsAre(kBob));
}

TEST_F(LoudestRankingTest, APauseBetweenSentencesKeepsThePlace) {
  talk_.Run(seconds(3), kAlice, Sound::kSpeech);
  talk_.Run(milliseconds(1500), kAlice, Sound::kSilence);
  EXPECT_THAT(talk_.ranking().ranking(), ElementsAre(kAlice));
  talk_.Run(seconds(1), kAlice, Sound::kSilence);
  EXPECT_THAT(talk_.ranking().ranking(), IsEmpty());
}

TEST_F(LoudestRankingTest, WhoTalksBesideTheFloorComesSecond) {
  talk_.Run(seconds(3), kAlice, Sound::kSpeech);
  talk_.Run(seconds(2), kBob, Sound::kSpeech);
  EXPECT_THAT(talk_.ranking().ranking(), UnorderedElementsAre(kAlice, kBob));
}

TEST_F(LoudestRankingTest, ANewVoiceDisplacesTheOneThatIsSilent) {
  talk_.Run(seconds(3), kAlice, Sound::kSpeech);
  talk_.Run(seconds(2), kBob, Sound::kSpeech);
  talk_[kBob].Make(Sound::kSilence);
  talk_.Run(milliseconds(1400), kCarol, Sound::kSpeech);
  EXPECT_THAT(talk_.ranking().ranking(), UnorderedElementsAre(kAlice, kCarol));
}

TEST_F(LoudestRankingTest, ThirdsDoNotDisplaceTwoWhoTalk) {
  talk_.Run(seconds(3), kAlice, Sound::kSpeech);
  talk_.Run(seconds(2), kBob, Sound::kSpeech);
  talk_.Run(seconds(1), kCarol, Sound::kSpeech);
  EXPECT_THAT(talk_.ranking().ranking(), UnorderedElementsAre(kAlice, kBob));
}

TEST_F(LoudestRankingTest, WhoLeavesLosesThePlaceAtOnce) {
  talk_.Run(seconds(3), kAlice, Sound::kSpeech);
  talk_.Leave(kAlice);
  talk_.Run(milliseconds(100));
  EXPECT_THAT(talk_.ranking().ranking(), IsEmpty());
  talk_.Run(milliseconds(1500), kBob, Sound::kSpeech);
  EXPECT_THAT(talk_.ranking().ranking(), ElementsAre(kBob));
}

TEST_F(LoudestRankingTest, DtxIsNotLeaving) {
  talk_[kAlice].UseDtx();
  talk_.Run(seconds(3), kAlice, Sound::kSpeech);
  talk_.Run(milliseconds(1200), kAlice, Sound::kSilence);
  EXPECT_THAT(talk_.ranking().ranking(), ElementsAre(kAlice));
  talk_.Run(seconds(20), kAlice, Sound::kSilence);
  EXPECT_THAT(talk_.ranking().ranking(), IsEmpty());
  EXPECT_TRUE(talk_.levels().Contains(kAlice));
  talk_.Run(seconds(1), kAlice, Sound::kSpeech);
  EXPECT_THAT(talk_.ranking().ranking(), ElementsAre(kAlice));
}

TEST(AudioLevelObserver, KnowsOnlyWhatWasAdded) {
  AudioLevelObserver levels;
  EXPECT_FALSE(levels.OnAudioLevel(kAlice, {.level = 0, .voice_activity = true}, Timestamp{}));
  EXPECT_EQ(levels.size(), 0U);
  EXPECT_EQ(levels.Find(kAlice), nullptr);
}

TEST(AudioLevelObserver, TheMostActiveComesFirstAndNoMoreThanTheLimit) {
  Talk talk;
  for (uint32_t id = 1; id <= 20; ++id) {
    talk.Join(ProducerId(id), Microphone(id, 60 - static_cast<int>(id)));
  }
  talk.Run(seconds(4));
  for (uint32_t id = 1; id <= 20; ++id) talk[ProducerId(id)].Make(Sound::kSpeech);
  talk.Run(seconds(3));
  const auto speaking = talk.levels().Speaking(talk.now(), 4);
  ASSERT_EQ(speaking.size(), 4U);
  for (const ProducerId id : speaking) EXPECT_GE(id.value(), 8U);
}

}  // namespace
}  // namespace stellwerk
