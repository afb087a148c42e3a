#include "bench/quality/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Recording OneViewer() {
  Recording recording;
  recording.start = Timestamp(100s);
  ViewerRecording viewer;
  viewer.video.resize(2);
  viewer.samples = {
      {.at = Timestamp(100s) + 1500ms,
       .capacity = DataRate::KilobitsPerSecond(1000),
       .estimate = DataRate::KilobitsPerSecond(900),
       .allocated = DataRate::KilobitsPerSecond(700),
       .wanted = DataRate::KilobitsPerSecond(4000),
       .offered = {},
       .delivered = DataRate::KilobitsPerSecond(850),
       .padding = DataRate::KilobitsPerSecond(10),
       .queueing = 25ms,
       .pacer_delay = 5ms,
       .shown = {Layer{.encoding = 2, .spatial = {}, .temporal = TemporalLayer(2)}, std::nullopt}}};
  recording.viewers.push_back(viewer);
  return recording;
}

TEST(Plot, DataHasAColumnForEachSlot) {
  const Recording recording = OneViewer();
  EXPECT_EQ(PlotData(recording, recording.viewers.front()),
            "seconds\tcapacity\testimate\tdelivered\tpadding\tallocated\twanted\tqueueing\tpacer\ts"
            "lot 1\tslot 2\n"
            "1.5\t1000\t900\t850\t10\t700\t4000\t25\t5\t3.5\t0\n");
}

TEST(Plot, WithoutABottleneckTheCapacityStaysEmpty) {
  Recording recording = OneViewer();
  recording.viewers.front().samples.front().capacity = {};
  EXPECT_THAT(PlotData(recording, recording.viewers.front()), HasSubstr("\n1.5\t\t900"));
}

TEST(Plot, ScriptDrawsTheFileAndEverySlot) {
  Scenario scenario;
  scenario.name = "made_up";
  const std::string script = PlotScript(scenario, "viewer 1", 2, "a.tsv", "a.png");
  EXPECT_THAT(script, HasSubstr("set output 'a.png'"));
  EXPECT_THAT(script, HasSubstr("file = 'a.tsv'"));
  EXPECT_THAT(script, HasSubstr("using 1:($10+"));
  EXPECT_THAT(script, HasSubstr("using 1:($11+"));
}

}  // namespace
}  // namespace stellwerk::synthetic
