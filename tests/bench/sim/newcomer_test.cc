#include <gtest/gtest.h>

#include <algorithm>

#include "bench/sim/recording.h"
#include "bench/sim/scenario.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

// Somebody comes into a conference and sees nine others at 360 lines.
class Newcomer : public ::testing::Test {
 protected:
  void Join(DataRate capacity, TimeDelta delay) {
    Scenario scenario;
    scenario.name = "newcomer";
    scenario.duration = 3s;
    scenario.settled = 1s;
    scenario.publishers = 9;
    scenario.camera.frame_sizes = FrameSizes::LikeAnEncoder();
    scenario.camera.keyframe_pause = kBrowserKeyframePause;
    Links links = FarLinks(delay);
    links.down.capacity = RateTrace::Constant(capacity);
    links.down.queue = {.max_size = DataSize::Bytes(150'000)};
    scenario.viewers = {
        {.links = links, .video_slots = 9, .audio_slots = 5, .demand = {.height = 360}}};
    recording_ = RunScenario(scenario);
    for (const SlotRecording& slot : Viewer().video) {
      EXPECT_TRUE(slot.report.problems.empty()) << slot.report.problems.front();
    }
  }
  [[nodiscard]] const ViewerRecording& Viewer() const { return recording_.viewers.front(); }
  // Until so many slots showed a picture, of this encoding or a better one; from the answer.
  [[nodiscard]] TimeDelta Until(std::size_t slots, uint8_t encoding) const {
    std::vector<TimeDelta> times;
    for (const SlotRecording& slot : Viewer().video) {
      TimeDelta first = TimeDelta::max();
      for (const JudgedPicture& picture : slot.pictures) {
        if (!picture.decodable || picture.layer.encoding < encoding) continue;
        first = std::min<TimeDelta>(first, *picture.decodable - Viewer().joined);
      }
      times.push_back(first);
    }
    std::sort(times.begin(), times.end());
    return times.at(slots - 1);
  }
  [[nodiscard]] TimeDelta LongestVoiceDelay() const {
    TimeDelta longest{};
    for (const StreamReport& voice : Viewer().audio) {
      longest = std::max(longest, voice.max_latency);
    }
    return longest;
  }
  // From `since` on, after the answer.
  [[nodiscard]] TimeDelta LongestPacerDelay(TimeDelta since) const {
    TimeDelta longest{};
    for (const Sample& sample : Viewer().samples) {
      if (sample.at >= Viewer().joined + since) longest = std::max(longest, sample.pacer_delay);
    }
    return longest;
  }

  Recording recording_;
};

TEST_F(Newcomer, SeesNinePicturesAtOnceWhereThereIsRoomAndNothingWaitsAnyMore) {
  Join(DataRate::KilobitsPerSecond(100'000), 5ms);
  EXPECT_LE(Until(1, 0), 100ms);
  EXPECT_LE(Until(9, 0), 250ms);
  EXPECT_LE(Until(9, 1), 1400ms);
  EXPECT_LE(LongestPacerDelay(300ms), 20ms);
}

TEST_F(Newcomer, FarAwayItTakesAFewRoundTripsMore) {
  Join(DataRate::KilobitsPerSecond(100'000), 25ms);
  EXPECT_LE(Until(1, 0), 200ms);
  EXPECT_LE(Until(9, 0), 400ms);
  EXPECT_LE(Until(9, 1), 1500ms);
  EXPECT_LE(LongestPacerDelay(400ms), 20ms);
}

TEST_F(Newcomer, OnANarrowLinkVoicesArriveInTime) {
  Join(DataRate::KilobitsPerSecond(600), 25ms);
  EXPECT_LE(Until(1, 0), 300ms);
  EXPECT_LE(Until(3, 0), 600ms);
  EXPECT_LE(LongestVoiceDelay(), 300ms);
}

}  // namespace
}  // namespace stellwerk::synthetic
