#include "bench/synthetic/video_config.h"

#include <algorithm>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk::synthetic {

VideoConfig ReplayConfig(uint32_t source, std::shared_ptr<const MediaClip> clip) {
  STELLWERK_CHECK(clip != nullptr && clip->codec != Codec::kOpus && clip->length > TimeDelta());
  VideoConfig config;
  config.source = source;
  config.codec = clip->codec;
  config.mode = {.spatial_layers = 1, .temporal_layers = 1};
  config.layers = {{"", clip->resolution, clip->mean_rate()}};
  const double seconds = static_cast<double>(clip->length.count()) * 1e-9;
  const double pictures = static_cast<double>(clip->frames.size()) / seconds;
  config.frames_per_second = std::max(1, static_cast<int>(pictures + 0.5));
  config.replay = std::move(clip);
  return config;
}

}  // namespace stellwerk::synthetic
