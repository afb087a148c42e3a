#include "bench/synthetic/frame_sizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stellwerk::synthetic {
namespace {

// Frames of an encoder that has a rate to keep are not smaller or larger than that, times a mean
// one; nor does it save more of a frame than that at once.
constexpr double kSmallest = 0.2;
constexpr double kLargest = 3;
constexpr double kMostSaved = 0.5;

}  // namespace

FrameSizer::FrameSizer(const FrameSizes& sizes, TimeDelta interval, uint64_t seed)
    : sizes_(sizes),
      saved_per_frame_(sizes.settle > TimeDelta()
                           ? std::min(1.0, static_cast<double>(interval.count()) /
                                               static_cast<double>(sizes.settle.count()))
                           : 0),
      random_(seed) {}

// Box and Muller.
double FrameSizer::Normal() {
  const double radius = (static_cast<double>(random_.NextU64() >> 11) + 1) * 0x1p-53;
  const double angle = static_cast<double>(random_.NextU64() >> 11) * 0x1p-53;
  return std::sqrt(-2 * std::log(radius)) * std::cos(2 * std::numbers::pi * angle);
}

double FrameSizer::Next(bool keyframe) {
  double size = keyframe ? sizes_.keyframe : 1;
  if (sizes_.deviation > 0) {
    const double noise = sizes_.deviation * Normal();
    size = keyframe ? size * std::clamp(1 + noise / 2, 0.7, 1.3)
                    : std::clamp(size + noise, kSmallest, kLargest);
  }
  if (saved_per_frame_ > 0) {
    if (!keyframe) size -= std::clamp(debt_ * saved_per_frame_, -kMostSaved, size * kMostSaved);
    debt_ += size - 1;
  }
  return size;
}

}  // namespace stellwerk::synthetic
