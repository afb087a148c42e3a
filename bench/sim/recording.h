#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/link/link.h"
#include "bench/sim/scenario.h"
#include "bench/synthetic/stream_report.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_stats.h"
#include "rtc/base/units.h"

// What was seen while a scenario ran.
namespace stellwerk::synthetic {

// The state of a viewer's way at one moment, rates over the time since the moment before.
struct Sample {
  Timestamp at;
  DataRate capacity;  // zero: no bottleneck
  DataRate estimate;
  DataRate allocated;
  DataRate wanted;
  DataRate offered;                         // given to the link
  DataRate delivered;                       // by it
  DataRate padding;                         // sent
  TimeDelta queueing{};                     // in the link
  TimeDelta pacer_delay{};                  // in the server
  std::vector<std::optional<Layer>> shown;  // of each video slot; nullopt: nothing lately
};

struct SlotRecording {
  std::vector<JudgedPicture> pictures;
  StreamReport report;  // at the end
};

struct AudioSample {
  Timestamp at;
  uint64_t packets = 0;
  uint64_t lost = 0;
};

struct ViewerRecording {
  std::string name;
  Timestamp joined;  // the answer
  std::vector<Sample> samples;
  std::vector<LinkDelivery> deliveries;
  std::vector<SlotRecording> video;
  std::vector<StreamReport> audio;
  std::vector<AudioSample> audio_samples;  // all audio slots together
  LinkCounters downlink;
  std::optional<TimeDelta> skew;  // the largest between voice and picture of one publisher
};

struct Recording {
  Timestamp start;  // publishers were sending for a while
  Timestamp end;
  std::vector<ViewerRecording> viewers;
  // PLI and FIR that reached publishers since the start, in all and the most at one publisher.
  uint64_t keyframe_requests = 0;
  uint64_t most_keyframe_requests = 0;
  // The most at one publisher until every viewer had a picture.
  uint64_t join_keyframe_requests = 0;
};

// Runs the first call of a scenario in virtual time.
Recording RunScenario(const Scenario& scenario);

}  // namespace stellwerk::synthetic
