#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/sim/recording.h"
#include "bench/sim/scenario.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// What one viewer got. "Settled" is the time from Scenario::settled on. Where there is no
// bottleneck, ratios to the capacity are not there.
struct ViewerFigures {
  std::string name;
  // Settled: mean estimate / mean capacity; the mean of |estimate / capacity - 1| over the samples.
  std::optional<double> estimate_ratio;
  std::optional<double> estimate_deviation;
  // Settled: what the link delivered without padding / what it could have carried.
  std::optional<double> utilisation;
  std::optional<double> padding_share;  // of what was delivered
  TimeDelta p95_queueing{};             // settled, of packets
  TimeDelta max_queueing{};
  // From the answer to a slot's first decodable picture, each slot.
  std::vector<TimeDelta> first_frames;
  std::size_t dark_slots = 0;  // video slots that never showed anything
  // Over the whole call, all video slots.
  uint64_t freezes = 0;
  TimeDelta frozen{};
  uint64_t frames = 0;
  double decodable_in_400ms = 1;  // share of frames, settled, from their first sending
  uint64_t errors = 0;
  std::vector<std::string> problems;
  uint64_t missing = 0;
  uint64_t switches = 0;
  double audio_loss = 0;  // share, after repair, over the whole call
  std::optional<TimeDelta> skew;
  // After the drop: until no more is sent than fits; until the queue is below 100 ms; until a slot
  // shows less; audio lost within 10 s.
  std::optional<TimeDelta> overshoot;
  std::optional<TimeDelta> queue_drained;
  std::optional<TimeDelta> switched_down;
  std::optional<double> audio_loss_after_drop;
  // After the return: until every slot shows the best that it showed before the drop.
  std::optional<TimeDelta> full_again;
};

struct Figures {
  std::vector<ViewerFigures> viewers;
  uint64_t keyframe_requests = 0;
  uint64_t most_keyframe_requests = 0;
  uint64_t join_keyframe_requests = 0;
  TimeDelta median_first_frame{};  // of all viewers' first slots that showed anything
  TimeDelta p95_first_frame{};
};

Figures Measure(const Scenario& scenario, const Recording& recording);

// What the scenario's calls, one after the other in the order of their seeds, miss, in words:
// "constant_1m, viewer 1: estimate / capacity 0.71 is below 0.85". Of each figure the median has to
// reach its bar, so that a call is not judged by the luck of its seed, and every single call has to
// be no more than twice as far from perfect as the bar: an upper one doubled, of a share's lower
// one twice what it leaves to 1. What is wrong in any case is so in every call: errors of the
// stream, and whatever has a bar of 0.
std::vector<std::string> MissedBars(const Scenario& scenario, std::span<const Figures> calls);

}  // namespace stellwerk::synthetic
