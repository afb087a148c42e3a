#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/sim/simulated_room.h"
#include "bench/synthetic/video_config.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

// A call on given links, as plain values: what is in it, and what it has to show.
namespace stellwerk::synthetic {

// Equal viewers, who join one after the other.
struct ViewerPlan {
  Links links = FarLinks(std::chrono::milliseconds(10));
  std::size_t count = 1;
  TimeDelta joins{};    // the first, after the scenario's start
  TimeDelta between{};  // each later one after the one before
  int video_slots = 1;  // slot i shows publisher i
  int audio_slots = 1;
  ConsumerDemand demand = {};
};

// Slot `slot` of every viewer is pointed at another publisher.
struct SlotSwitch {
  TimeDelta at{};
  std::size_t slot = 0;
  std::size_t publisher = 0;
};

// What must hold (see MissedBars); what is not set is only measured.
struct Bars {
  uint64_t max_dark_slots = 0;                    // video slots that never showed anything
  std::optional<double> min_estimate_ratio = {};  // mean estimate / mean capacity, after settling
  std::optional<double> max_estimate_ratio = {};
  std::optional<double> min_utilisation = {};  // media without padding / capacity, after settling
  std::optional<TimeDelta> max_p95_queueing = {};        // after settling
  std::optional<TimeDelta> max_overshoot = {};           // after a drop
  std::optional<double> max_audio_loss_after_drop = {};  // 0..1, within 10 s
  std::optional<TimeDelta> max_full_again = {};          // after the capacity's return
  std::optional<double> min_decodable_in_400ms = {};     // 0..1
  std::optional<TimeDelta> max_p95_first_frame = {};
  // At one publisher, until every viewer has had a picture: after that, better layers are asked
  // for.
  std::optional<uint64_t> max_join_keyframe_requests = {};
  std::optional<uint64_t> max_freezes = {};
  std::optional<TimeDelta> max_frozen = {};
  std::optional<uint64_t> max_missing = {};  // frames that others refer to
  std::optional<TimeDelta> max_skew = {};
};

struct Scenario {
  std::string name;   // a-z, 0-9 and _: also a file name
  std::string about;  // one sentence
  TimeDelta duration = std::chrono::seconds(40);
  // Means and percentiles begin here.
  TimeDelta settled = std::chrono::seconds(10);
  std::size_t publishers = 1;
  VideoConfig camera = {};  // of each publisher
  Links publisher_links = FarLinks(std::chrono::milliseconds(5));
  std::vector<ViewerPlan> viewers = {};
  std::vector<SlotSwitch> switches = {};
  // When the viewers' capacity drops and returns: since the scenario's start.
  std::optional<TimeDelta> drops = {};
  std::optional<TimeDelta> returns = {};
  Bars bars = {};
  // Its calls have this seed and the ones after it.
  uint64_t seed = 1;
  uint64_t calls = 3;
};

}  // namespace stellwerk::synthetic
