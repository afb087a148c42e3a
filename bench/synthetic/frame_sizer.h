#pragma once

#include <cstdint>

#include "bench/synthetic/video_config.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// How much larger or smaller than a mean frame the next one is, as FrameSizes says.
class FrameSizer {
 public:
  // `interval`: between frames.
  FrameSizer(const FrameSizes& sizes, TimeDelta interval, uint64_t seed);

  // Times a mean frame; positive.
  double Next(bool keyframe);

 private:
  [[nodiscard]] double Normal();

  FrameSizes sizes_;
  double saved_per_frame_;  // part of the debt that each frame takes less
  SeededRandom random_;
  double debt_ = 0;  // mean frames too much so far
};

}  // namespace stellwerk::synthetic
