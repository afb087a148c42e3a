#include "bench/sim/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::seconds(100)};
DataRate Kbps(int64_t rate) { return DataRate::KilobitsPerSecond(rate); }

// 30 s: 3 Mbit/s, from 10 s to 20 s 500 kbit/s; the estimate follows within `reaction`.
class FiguresTest : public ::testing::Test {
 protected:
  FiguresTest() {
    scenario_.name = "made_up";
    scenario_.duration = 30s;
    scenario_.settled = 5s;
    scenario_.drops = 10s;
    scenario_.returns = 20s;
    recording_.start = kStart;
    recording_.end = kStart + 30s;
    recording_.viewers.resize(1);
    viewer().name = "viewer 1";
    viewer().joined = kStart;
    viewer().video.resize(1);
    viewer().video.front().report.first_decodable = kStart;
  }
  ViewerRecording& viewer() { return recording_.viewers.front(); }
  void AddSamples(TimeDelta reaction, double estimate_ratio = 0.9) {
    for (TimeDelta at = 100ms; at <= 30s; at += 100ms) {
      const bool low = at > 10s && at <= 20s;
      const bool late = at > 10s && at <= 10s + reaction;
      const DataRate capacity = low ? Kbps(500) : Kbps(3000);
      const auto estimate = DataRate::BitsPerSecond(
          static_cast<int64_t>(static_cast<double>(capacity.bps()) * estimate_ratio));
      const DataRate sent = late ? Kbps(2700) : estimate;
      viewer().samples.push_back({.at = kStart + at,
                                  .capacity = capacity,
                                  .estimate = sent,
                                  .allocated = estimate,
                                  .wanted = Kbps(9000),
                                  .offered = sent,
                                  .delivered = std::min(sent, capacity),
                                  .padding = Kbps(low ? 0 : 300),
                                  .queueing = late ? TimeDelta(300ms) : TimeDelta(20ms),
                                  .pacer_delay = {},
                                  .shown = {}});
    }
  }
  void AddPictures(TimeDelta from, TimeDelta until, uint8_t encoding, TimeDelta latency = 50ms) {
    for (TimeDelta at = from; at < until; at += 100ms) {
      const Timestamp captured = kStart + at;
      viewer().video.front().pictures.push_back({.source = 11,
                                                 .layer = {.encoding = encoding},
                                                 .captured = captured,
                                                 .complete = captured + latency,
                                                 .decodable = captured + latency});
    }
  }
  const ViewerFigures& Figures1() {
    figures_ = Measure(scenario_, recording_);
    return figures_.viewers.front();
  }

  Scenario scenario_;
  Recording recording_;
  Figures figures_;
};

TEST_F(FiguresTest, ComparesEstimateAndMediaWithTheCapacityOnceSettled) {
  AddSamples(0ms);
  const ViewerFigures& figures = Figures1();
  EXPECT_NEAR(figures.estimate_ratio.value(), 0.9, 0.001);
  EXPECT_NEAR(figures.estimate_deviation.value(), 0.1, 0.001);
  // 15 s of 300 kbit/s padding in 50 Mbit of capacity.
  EXPECT_NEAR(figures.utilisation.value(), 0.9 - 15 * 0.3 / 50, 0.001);
}

TEST_F(FiguresTest, TellsWhenOvershootEndedAndTheQueueWasGone) {
  AddSamples(1200ms);
  const ViewerFigures& figures = Figures1();
  EXPECT_GE(figures.overshoot.value(), 1200ms);
  EXPECT_LE(figures.overshoot.value(), 1400ms);
  EXPECT_EQ(figures.queue_drained.value(), 1200ms);
}

TEST_F(FiguresTest, TellsWhenLayersFollowed) {
  AddPictures(0s, 10600ms, 2);
  AddPictures(10700ms, 23s, 0);
  AddPictures(23s, 30s, 2);
  const ViewerFigures& figures = Figures1();
  EXPECT_EQ(figures.switched_down.value(), 750ms);
  EXPECT_EQ(figures.full_again.value(), 3050ms);
}

TEST_F(FiguresTest, ALayerThatNeverComesBackMissesItsBar) {
  AddSamples(0ms);
  AddPictures(0s, 10s, 2);
  AddPictures(10s, 30s, 1);
  scenario_.bars = {.max_full_again = 5s};
  Figures1();
  EXPECT_THAT(MissedBars(scenario_, std::span(&figures_, 1)),
              ElementsAre(HasSubstr("full layer again")));
}

TEST_F(FiguresTest, CountsFramesThatWereDecodableInTime) {
  AddPictures(6s, 16s, 0);
  AddPictures(16s, 26s, 0, 401ms);
  EXPECT_DOUBLE_EQ(Figures1().decodable_in_400ms, 0.5);
  viewer().video.front().report.frames_lost = 200;
  EXPECT_DOUBLE_EQ(Figures1().decodable_in_400ms, 0.25);
}

TEST_F(FiguresTest, CountsAudioThatWasLostAfterTheDropOnly) {
  for (TimeDelta at{}; at <= 30s; at += 100ms) {
    const auto ticks = static_cast<uint64_t>(at / 100ms);
    viewer().audio_samples.push_back(
        {kStart + at, ticks * 5, (at >= 5s ? 50U : 0U) + (at >= 12s ? 10U : 0U)});
  }
  EXPECT_NEAR(Figures1().audio_loss_after_drop.value(), 10.0 / (115 * 5 + 10), 0.001);
}

TEST_F(FiguresTest, WithinItsBarsNothingIsMissed) {
  AddSamples(500ms);
  scenario_.bars = {.min_estimate_ratio = 0.85,
                    .max_estimate_ratio = 1.05,
                    .min_utilisation = 0.8,
                    .max_overshoot = 1500ms};
  Figures1();
  EXPECT_THAT(MissedBars(scenario_, std::span(&figures_, 1)), IsEmpty());
}

TEST_F(FiguresTest, EveryMissedBarIsNamedWithItsSeed) {
  AddSamples(3s, 1.2);
  scenario_.bars = {.max_estimate_ratio = 1.05, .max_overshoot = 1500ms};
  scenario_.seed = 77;
  Figures1();
  EXPECT_THAT(
      MissedBars(scenario_, std::span(&figures_, 1)),
      ElementsAre(HasSubstr("(seed 77), viewer 1: estimate / capacity"), HasSubstr("overshoot")));
}

TEST_F(FiguresTest, ASlotThatStaysDarkIsAMiss) {
  viewer().video.front().report.first_decodable.reset();
  Figures1();
  EXPECT_THAT(MissedBars(scenario_, std::span(&figures_, 1)), ElementsAre(HasSubstr("dark slots")));
}

TEST_F(FiguresTest, OfSeveralCallsTheMedianHasToHold) {
  scenario_.bars = {.min_utilisation = 0.9, .max_p95_queueing = 100ms};
  Figures1();
  std::vector<Figures> calls(3, figures_);
  const auto set = [&](std::size_t call, double utilisation, TimeDelta queueing) {
    calls[call].viewers.front().utilisation = utilisation;
    calls[call].viewers.front().p95_queueing = queueing;
  };
  set(0, 0.95, 200ms);
  set(1, 0.81, 90ms);
  set(2, 0.91, 50ms);
  EXPECT_THAT(MissedBars(scenario_, calls), IsEmpty());
  set(2, 0.89, 110ms);
  EXPECT_THAT(MissedBars(scenario_, calls),
              ElementsAre(HasSubstr("(median of 3 calls), viewer 1: utilisation 0.890"),
                          HasSubstr("p95 queueing (s) 0.110 is above 0.100")));
}

TEST_F(FiguresTest, NoCallMayBeTwiceAsFarOff) {
  scenario_.bars = {.min_utilisation = 0.9, .max_p95_queueing = 100ms, .max_missing = 0};
  scenario_.seed = 5;
  Figures1();
  figures_.viewers.front().utilisation = 1;
  std::vector<Figures> calls(3, figures_);
  calls[1].viewers.front().p95_queueing = 201ms;
  calls[2].viewers.front().utilisation = 0.79;
  EXPECT_THAT(MissedBars(scenario_, calls),
              ElementsAre(HasSubstr("(seed 7), viewer 1: utilisation"),
                          HasSubstr("(seed 6), viewer 1: p95 queueing")));
}

TEST_F(FiguresTest, ErrorsAndMissingFramesAreNoneInAnyCall) {
  scenario_.bars = {.max_missing = 0};
  Figures1();
  std::vector<Figures> calls(3, figures_);
  calls[1].viewers.front().missing = 1;
  calls[2].viewers.front().problems = {"harmed payload"};
  EXPECT_THAT(MissedBars(scenario_, calls),
              ElementsAre(HasSubstr("(seed 2), viewer 1: missing frames"),
                          HasSubstr("(seed 3), viewer 1: harmed payload")));
}

TEST_F(FiguresTest, WhatWasNotMeasuredMissesItsBar) {
  scenario_.bars = {.min_utilisation = 0.85};
  Figures1();
  EXPECT_THAT(MissedBars(scenario_, std::span(&figures_, 1)),
              ElementsAre(HasSubstr("not measured")));
}

}  // namespace
}  // namespace stellwerk::synthetic
