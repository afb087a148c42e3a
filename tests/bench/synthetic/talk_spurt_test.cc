// What a synthetic microphone sends while somebody talks, and what while nobody does.
#include <gtest/gtest.h>

#include <vector>

#include "bench/synthetic/media_clip.h"
#include "bench/synthetic/opus_source.h"
#include "bench/synthetic/payload_mark.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

struct Heard {
  std::vector<MediaFrame> sent;
  int spurts = 0;  // marked beginnings
  int silent = 0;  // packets that say that nobody talks
};

Heard Listen(OpusSource& source, TimeDelta time, Timestamp from = kStart) {
  Heard heard;
  for (Timestamp at = from; at < from + time; at += source.interval()) {
    MediaFrame frame = source.NextFrame(at);
    if (frame.payloads.empty()) continue;
    heard.spurts += frame.begins_talkspurt ? 1 : 0;
    heard.silent += frame.level->voice_activity ? 0 : 1;
    heard.sent.push_back(std::move(frame));
  }
  return heard;
}

TEST(TalkSpurtTest, WithoutSpurtsOneTalksAllTheTime) {
  OpusSource source({.source = 1});
  const Heard heard = Listen(source, 2s);
  EXPECT_EQ(heard.sent.size(), 100U);
  EXPECT_EQ(heard.silent, 0);
  EXPECT_EQ(heard.spurts, 0);  // RFC 3551 §4.1: nothing is left out, so nothing begins
}

TEST(TalkSpurtTest, TheTimesHaveTheConfiguredMeans) {
  OpusSource source({.source = 1, .spurts = TalkSpurts{.talk = 1s, .silence = 3s}}, 7);
  int talking = 0;
  int changes = 0;
  bool before = false;
  constexpr int kPackets = 400'000;  // more than two hours, about 2000 spurts
  for (int i = 0; i < kPackets; ++i) {
    source.NextFrame(kStart + i * OpusSource::kInterval);
    talking += source.talking() ? 1 : 0;
    changes += source.talking() != before ? 1 : 0;
    before = source.talking();
  }
  EXPECT_NEAR(static_cast<double>(talking) / kPackets, 0.25, 0.025);
  EXPECT_NEAR(changes / 2.0, kPackets * 0.02 / 4, 200);
}

TEST(TalkSpurtTest, WithoutDtxSilenceIsSentAndSaysSo) {
  OpusSource source({.source = 1, .spurts = TalkSpurts{.talk = 1s, .silence = 1s}}, 3);
  const Heard heard = Listen(source, 20s);
  EXPECT_EQ(heard.sent.size(), 1000U);
  EXPECT_GT(heard.silent, 200);
  EXPECT_LT(heard.silent, 800);
  for (const MediaFrame& frame : heard.sent) {
    EXPECT_EQ(frame.level->level >= 100, !frame.level->voice_activity);
    EXPECT_FALSE(frame.begins_talkspurt);
  }
}

TEST(TalkSpurtTest, WithDtxSilenceIsAPacketEvery400MsAndSpurtsBeginWithAMarker) {
  OpusSource source({.source = 1, .dtx = true});
  source.SetTalking(false);
  const Heard silence = Listen(source, 4s);
  ASSERT_EQ(silence.sent.size(), 10U);
  EXPECT_EQ(silence.silent, 10);
  EXPECT_EQ(silence.spurts, 0);
  for (std::size_t i = 1; i < silence.sent.size(); ++i) {
    EXPECT_EQ(silence.sent[i].captured - silence.sent[i - 1].captured, 400ms);
  }
  source.SetTalking(true);
  const Heard talk = Listen(source, 1s, kStart + 4s);
  ASSERT_EQ(talk.sent.size(), 50U);
  EXPECT_EQ(talk.spurts, 1);
  EXPECT_TRUE(talk.sent.front().begins_talkspurt);
  EXPECT_EQ(talk.silent, 0);
  // Nothing is missing for who counts frames.
  const auto last = ReadMark(silence.sent.back().payloads.front());
  const auto first = ReadMark(talk.sent.front().payloads.front());
  ASSERT_TRUE(last && first);
  EXPECT_EQ(first->frame, last->frame + 1);
}

TEST(TalkSpurtTest, AMicrophoneThatWasOffBeginsASpurt) {
  OpusSource source({.source = 1, .dtx = true});
  EXPECT_EQ(Listen(source, 1s).spurts, 1);
  EXPECT_EQ(Listen(source, 1s, kStart + 5s).spurts, 1);
}

TEST(TalkSpurtTest, WhoIsForcedToTalkGoesBackToOwnSpurts) {
  const AudioConfig config{.source = 1, .spurts = TalkSpurts{.talk = 1s, .silence = 1000s}};
  OpusSource source(config, 5);
  Listen(source, 60s);  // whatever it began with, it is silent now
  ASSERT_FALSE(source.talking());
  source.SetTalking(true);
  source.NextFrame(kStart + 60s);
  EXPECT_TRUE(source.talking());
  source.SetTalking(std::nullopt);
  source.NextFrame(kStart + 60s + 20ms);
  EXPECT_FALSE(source.talking());
}

TEST(TalkSpurtTest, TheSameSeedTalksAtTheSameTimes) {
  const AudioConfig config{
      .source = 1, .spurts = TalkSpurts{.talk = 1s, .silence = 1s}, .dtx = true};
  const auto times = [&](uint64_t seed) {
    OpusSource source(config, seed);
    std::vector<Timestamp> out;
    for (const MediaFrame& frame : Listen(source, 30s).sent) out.push_back(frame.captured);
    return out;
  };
  EXPECT_EQ(times(1), times(1));
  EXPECT_NE(times(1), times(2));
}

TEST(TalkSpurtTest, ARecordingSetsSizesAndTimes) {
  auto clip = std::make_shared<MediaClip>();
  clip->codec = Codec::kOpus;
  clip->frames = {{.at = 0ms, .size = 100, .keyframe = true, .toc = 0x78},
                  {.at = 20ms, .size = 200, .keyframe = true, .toc = 0x79},
                  {.at = 60ms, .size = 2, .keyframe = true, .toc = 0x78}};
  clip->length = 80ms;
  OpusSource source({.source = 1, .replay = clip});
  const Heard heard = Listen(source, 240ms);
  ASSERT_EQ(heard.sent.size(), 9U);
  for (std::size_t i = 0; i < 9; ++i) {
    const MediaFrame& frame = heard.sent[i];
    EXPECT_EQ(frame.captured - kStart, 80ms * (i / 3) + clip->frames[i % 3].at);
    EXPECT_EQ(frame.payloads.front()[0], clip->frames[i % 3].toc);
    EXPECT_TRUE(ReadMark(frame.payloads.front()));
    EXPECT_EQ(frame.level->voice_activity, i % 3 != 2);
  }
  EXPECT_EQ(heard.sent[0].payloads.front().size(), 100U);
  EXPECT_EQ(heard.sent[4].payloads.front().size(), 200U);
}

}  // namespace
}  // namespace stellwerk::synthetic
