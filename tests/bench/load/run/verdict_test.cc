// What is built into the path, the report finds: loss, delay, a freeze, a wrong layer, each within
// 1 % or 1 ms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/report/report.h"
#include "bench/load/run/crowd.h"
#include "bench/load/scenario/timeline.h"
#include "bench/load/scenario/tracks.h"
#include "bench/sim/simulated_room.h"
#include "tests/bench/load/run/simulated_target.h"

namespace stellwerk::load {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

constexpr double kWithin = 0.01;

// Whole calls over the server's packet path in virtual time.
class VerdictTest : public ::testing::Test {
 protected:
  VerdictTest() {
    scenario_.publishers = 2;
    scenario_.layout = Layout::k3x3;
    scenario_.verify = Verify::kAll;
    scenario_.joins_per_second = 2;
    scenario_.duration = 20s;
    scenario_.audio.silence = 0s;
  }
  // Does what the timeline says until `at` after the start.
  void RunUntil(TimeDelta at) {
    if (!crowd_) {
      timeline_.emplace(Timeline::Make(scenario_));
      crowd_.emplace(scenario_, clips_, *timeline_, target_, "room");
      start_ = room_.now();
    }
    while (room_.now() - start_ < at) {
      const auto events = timeline_->events();
      while (next_ < events.size() && start_ + events[next_].at <= room_.now()) {
        crowd_->Do(events[next_++], room_.now());
      }
      crowd_->Observe(room_.now());
      room_.Run(10ms);
    }
  }
  Report Finish() {
    RunUntil(timeline_ ? timeline_->end() : Timeline::Make(scenario_).end());
    Report report;
    crowd_->Finish(room_.now());
    crowd_->tally().Fill(report);
    EXPECT_EQ(report.Get("errors").value, 0);
    EXPECT_THAT(report.problems, IsEmpty());
    return report;
  }
  double Figure(const Report& report, const std::string& key) {
    const Value value = report.Get(key);
    EXPECT_TRUE(value.value.has_value()) << key << ": " << value.reason;
    return value.value.value_or(-1);
  }
  synthetic::Participant& Somebody(std::size_t index) {
    return target_.ParticipantOf(timeline_->persons()[index].identity);
  }

  // Without telling anybody.
  void SetCamera(std::size_t publisher, bool running) {
    synthetic::Participant& participant = Somebody(publisher);
    const auto mids = participant.MidsOf(synthetic::MediaPlan::Role::kVideoTrack);
    participant.Track(mids.front())->SetRunning(running, room_.now());
  }
  // What each viewer's pictures were like, seen apart from the report's books.
  void WatchPictures(std::size_t viewer) {
    synthetic::Participant& participant = Somebody(viewer);
    for (const std::string& mid : participant.MidsOf(synthetic::MediaPlan::Role::kVideoSlot)) {
      participant.ObservePictures(mid, [this, viewer](const synthetic::JudgedPicture& picture) {
        if (picture.decodable && !picture.replayed) pictures_[viewer].push_back(picture);
      });
    }
  }
  // The longest time between two that could be shown.
  TimeDelta LongestGap(std::size_t viewer) {
    TimeDelta longest{};
    const auto& pictures = pictures_[viewer];
    for (std::size_t i = 1; i < pictures.size(); ++i) {
      longest = std::max(longest, *pictures[i].decodable - *pictures[i - 1].decodable);
    }
    return longest;
  }
  // For how long pictures of this encoding were shown, and of any.
  std::pair<TimeDelta, TimeDelta> TimeIn(uint8_t encoding, Timestamp end) {
    TimeDelta in{};
    TimeDelta all{};
    for (const auto& [viewer, pictures] : pictures_) {
      for (std::size_t i = 0; i < pictures.size(); ++i) {
        const Timestamp next = i + 1 < pictures.size() ? *pictures[i + 1].decodable : end;
        all += next - *pictures[i].decodable;
        if (pictures[i].layer.encoding == encoding) in += next - *pictures[i].decodable;
      }
    }
    return {in, all};
  }
  static double Seconds(TimeDelta time) { return std::chrono::duration<double>(time).count(); }

  Scenario scenario_;
  Clips clips_;
  synthetic::SimulatedRoom room_;
  SimulatedTarget target_{room_};
  std::optional<Timeline> timeline_;
  std::optional<Crowd> crowd_;
  Timestamp start_;
  std::size_t next_ = 0;
  std::map<std::size_t, std::vector<synthetic::JudgedPicture>> pictures_;
};

TEST_F(VerdictTest, FindsNothingWhereNothingIsWrong) {
  const Report report = Finish();
  EXPECT_EQ(Figure(report, "loss_before_repair"), 0);
  EXPECT_EQ(Figure(report, "loss"), 0);
  EXPECT_EQ(Figure(report, "reordered"), 0);
  EXPECT_EQ(Figure(report, "undecodable_frames"), 0);
  EXPECT_EQ(Figure(report, "freezes"), 0);
  EXPECT_EQ(Figure(report, "join_failed"), 0);
  EXPECT_GT(Figure(report, "received_packets"), 4'000);
}

TEST_F(VerdictTest, FindsTheLossOfTheLink) {
  scenario_.video.codec = std::nullopt;  // audio is not repaired
  scenario_.publishers = 6;
  scenario_.duration = 60s;
  scenario_.down.loss = 0.1;
  RunUntil(Timeline::Make(scenario_).end());
  double lost = 0;
  double sent = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const LinkCounters& link = room_.Downlink(Somebody(i)).counters();
    lost += static_cast<double>(link.lost);
    sent += static_cast<double>(link.sent);
  }
  const Report report = Finish();
  EXPECT_NEAR(Figure(report, "loss_before_repair"), lost / sent, kWithin * lost / sent);
  EXPECT_NEAR(Figure(report, "loss"), lost / sent, kWithin * lost / sent);
}

TEST_F(VerdictTest, TellsLossBeforeRepairFromLossAfter) {
  scenario_.down.loss = 0.05;
  scenario_.down.delay = 10ms;
  const Report report = Finish();
  EXPECT_NEAR(Figure(report, "loss_before_repair"), 0.05, kWithin);
  // Only audio has no repair, 50 of some 200 packets a second.
  EXPECT_LT(Figure(report, "loss"), 0.03);
  EXPECT_GT(Figure(report, "loss"), 0.005);
}

TEST_F(VerdictTest, FindsTheDelayOfTheLinks) {
  scenario_.up.delay = 37ms;
  scenario_.down.delay = 83ms;
  const Report report = Finish();
  EXPECT_NEAR(Figure(report, "transit_p50"), 120, 1);
  // From the start on: DTLS takes two flights each way, the rest one.
  EXPECT_GE(Figure(report, "dtls_p50"), 2 * 120);
  EXPECT_GE(Figure(report, "join_p50"), 3 * 120);
}

TEST_F(VerdictTest, FindsTheFreezeOfACameraThatStopsForASecond) {
  RunUntil(9s);
  WatchPictures(1);
  RunUntil(10s);
  SetCamera(0, false);
  room_.Run(1s);
  SetCamera(0, true);
  const Report report = Finish();
  EXPECT_GE(LongestGap(1), 1s);
  EXPECT_LE(LongestGap(1), 1100ms);
  EXPECT_EQ(Figure(report, "freezes"), 1);
  EXPECT_NEAR(Figure(report, "frozen_seconds"), Seconds(LongestGap(1)), 0.001);
}

TEST_F(VerdictTest, FindsEachOfSeveralFreezes) {
  for (int i = 0; i < 4; ++i) {
    RunUntil(6s + i * 3s);
    SetCamera(0, false);
    room_.Run(500ms);
    SetCamera(0, true);
  }
  const Report report = Finish();
  EXPECT_EQ(Figure(report, "freezes"), 4);
  EXPECT_NEAR(Figure(report, "frozen_seconds"), 2, 0.4);
}

TEST_F(VerdictTest, FindsACameraThatStopsForGoodToBeFrozen) {
  RunUntil(10s);
  SetCamera(0, false);
  const TimeDelta left = timeline_->end() - (room_.now() - start_);
  const Report report = Finish();
  EXPECT_EQ(Figure(report, "freezes"), 1);
  EXPECT_NEAR(Figure(report, "frozen_seconds"), Seconds(left), 0.05);
}

TEST_F(VerdictTest, TakesAMutedCameraForNoFreeze) {
  scenario_.mute_storm = {.every = 5s, .share = 0.5, .lasts = 2s};
  const Report report = Finish();
  EXPECT_EQ(Figure(report, "freezes"), 0);
}

TEST_F(VerdictTest, FindsTheTimeInAWrongLayer) {
  RunUntil(510ms);
  WatchPictures(0);
  WatchPictures(1);
  RunUntil(10s);
  target_.SetWrongHeight(180);
  RunUntil(16s);
  target_.SetWrongHeight(0);
  RunUntil(timeline_->end());
  constexpr uint8_t k360 = 1;
  const auto [as_expected, all] = TimeIn(k360, room_.now());
  const Report report = Finish();
  EXPECT_LT(as_expected, all - 2 * 5s);
  EXPECT_NEAR(Figure(report, "layer_expected"), Seconds(as_expected) / Seconds(all), kWithin);
  EXPECT_EQ(Figure(report, "layer_height_p50"), 360);
}

TEST_F(VerdictTest, TellsHowLongASwitchTakes) {
  scenario_.layout_flip_every = 4s;
  scenario_.up.delay = scenario_.down.delay = 25ms;
  const Report report = Finish();
  // A round trip to ask the publisher and for its keyframe to come; for a higher layer the server
  // first finds out whether the link carries it.
  EXPECT_GT(Figure(report, "switch_p95"), 50);
  EXPECT_LT(Figure(report, "switch_p95"), 2000);
}

TEST_F(VerdictTest, CountsWithoutDecrypting) {
  scenario_.verify = Verify::kNone;
  scenario_.video.codec = std::nullopt;
  scenario_.down.loss = 0.1;
  scenario_.duration = 60s;
  scenario_.publishers = 6;
  const Report report = Finish();
  EXPECT_NEAR(Figure(report, "loss"), 0.1, kWithin);
  EXPECT_FALSE(report.Get("transit_p50").value.has_value());
}

}  // namespace
}  // namespace stellwerk::load
