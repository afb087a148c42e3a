#include <gtest/gtest.h>

#include <iostream>
#include <vector>

#include "rtc/audio/dominant_speaker.h"
#include "tests/rtc/audio/talk.h"

namespace stellwerk {
namespace {

using audio_testing::Microphone;
using audio_testing::milliseconds;
using audio_testing::seconds;
using audio_testing::Talk;
using Sound = Talk::Sound;

constexpr ProducerId kAlice{1};
constexpr ProducerId kBob{2};
constexpr ProducerId kCarol{3};

// Who has the floor, for many voices.
class Floor : public testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    const uint32_t seed = GetParam();
    talk_.Join(kAlice, Microphone(seed));
    talk_.Join(kBob, Microphone(seed + 1000, 32));
    talk_.Join(kCarol, Microphone(seed + 2000, 20));
    talk_.Run(seconds(4));
    talk_.Run(seconds(5), kAlice, Sound::kSpeech);
  }
  Talk talk_;
};

TEST_P(Floor, IsTakenByTheFirstWhoTalks) { EXPECT_EQ(talk_.Floor(), kAlice); }

TEST_P(Floor, IsNotTakenByACough) {
  for (int i = 0; i < 10; ++i) {
    talk_.Run(milliseconds(300), kBob, Sound::kCough);
    talk_.Run(milliseconds(900), kBob, Sound::kSilence);
    EXPECT_EQ(talk_.Floor(), kAlice);
  }
  EXPECT_EQ(talk_.floor_changes(), 1);
}

TEST_P(Floor, IsNotTakenByACoughInAPause) {
  talk_.Run(milliseconds(800), kAlice, Sound::kSilence);
  talk_.Run(milliseconds(300), kBob, Sound::kCough);
  talk_.Run(milliseconds(400), kBob, Sound::kSilence);
  EXPECT_EQ(talk_.Floor(), kAlice);
  talk_.Run(seconds(3), kAlice, Sound::kSpeech);
  EXPECT_EQ(talk_.floor_changes(), 1);
}

TEST_P(Floor, IsNotTakenByAFan) {
  talk_.Run(seconds(2), kCarol, Sound::kFan);
  talk_.Run(milliseconds(1500), kAlice, Sound::kSilence);
  EXPECT_EQ(talk_.Floor(), kAlice) << "while she pauses";
  talk_.Run(seconds(5));
  EXPECT_EQ(talk_.Floor(), std::nullopt) << "silence, but for the fan";
}

TEST_P(Floor, IsTakenByASpeakerWithinAboutASecond) {
  talk_[kAlice].Make(Sound::kSilence);
  talk_[kBob].Make(Sound::kSpeech);
  const auto taken = talk_.UntilFloorOf(kBob);
  EXPECT_LE(taken, milliseconds(1500));
  EXPECT_GE(taken, milliseconds(400));
  talk_.Run(seconds(10));
  EXPECT_EQ(talk_.floor_changes(), 2);
}

TEST_P(Floor, PassesToAQuietMicrophoneToo) {
  talk_.Join(kBob, Microphone(GetParam(), 50, 85));
  talk_.Run(seconds(3));
  talk_[kAlice].Make(Sound::kSilence);
  talk_[kBob].Make(Sound::kSpeech);
  EXPECT_LE(talk_.UntilFloorOf(kBob), milliseconds(1500));
}

TEST_P(Floor, IsNotTakenByAssent) {
  for (int i = 0; i < 5; ++i) {
    talk_.Run(milliseconds(260), kBob, Sound::kSpeech);
    talk_.Run(seconds(2), kBob, Sound::kSilence);
  }
  EXPECT_EQ(talk_.floor_changes(), 1);
}

TEST_P(Floor, MovesRarelyInACrossfire) {
  const int before = talk_.floor_changes();
  talk_.Run(seconds(30), kBob, Sound::kSpeech);
  EXPECT_LE(talk_.floor_changes() - before, 4) << "in 30 s of two who talk at once";
}

TEST_P(Floor, FollowsAnInterview) {
  int late = 0;
  for (int i = 0; i < 10; ++i) {
    const ProducerId speaker = i % 2 == 0 ? kBob : kAlice;
    const ProducerId other = i % 2 == 0 ? kAlice : kBob;
    talk_[other].Make(Sound::kSilence);
    talk_[speaker].Make(Sound::kSpeech);
    if (talk_.UntilFloorOf(speaker) > milliseconds(1500)) ++late;
    talk_.Run(seconds(3));
  }
  EXPECT_EQ(late, 0);
  EXPECT_EQ(talk_.floor_changes(), 11);
}

INSTANTIATE_TEST_SUITE_P(Voices, Floor, testing::Range(1U, 21U));

TEST(FloorFigures, TimeUntilTheFloorPasses) {
  std::vector<int64_t> times;
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    Talk talk;
    talk.Join(kAlice, Microphone(seed));
    talk.Join(kBob, Microphone(seed + 5000));
    talk.Run(seconds(3));
    talk.Run(seconds(4), kAlice, Sound::kSpeech);
    talk[kAlice].Make(Sound::kSilence);
    talk[kBob].Make(Sound::kSpeech);
    times.push_back(ToMilliseconds(talk.UntilFloorOf(kBob)));
  }
  std::sort(times.begin(), times.end());
  std::cout << "floor passes after median " << times[100] << " ms, p95 " << times[190]
            << " ms, at most " << times.back() << " ms\n";
  EXPECT_LE(times[100], 900);
  EXPECT_LE(times[190], 1200);
}

}  // namespace
}  // namespace stellwerk
