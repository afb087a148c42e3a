#include "bench/load/scenario/scenario.h"

#include <algorithm>
#include <array>

#include "rtc/base/check.h"

namespace stellwerk::load {
namespace {

// How many encodings libwebrtc makes of a camera, by its size: kSimulcastFormats.
int EncodingsOf(int width, int height) {
  const int64_t pixels = int64_t{width} * height;
  if (pixels >= int64_t{960} * 540) return 3;
  if (pixels >= int64_t{480} * 270) return 2;
  return 1;
}

// From the highest down.
constexpr std::array kRids = {"f", "h", "q"};
constexpr std::array<int64_t, 3> kRateDivisors = {1, 3, 10};

}  // namespace

synthetic::VideoConfig ToVideoConfig(const VideoSettings& video, uint32_t source) {
  STELLWERK_CHECK(video.on());
  synthetic::VideoConfig config;
  config.source = source;
  config.codec = *video.codec;
  config.mode = video.mode;
  config.frames_per_second = video.frames_per_second;
  if (video.keyframe_interval.count() > 0) {
    const double frames =
        std::chrono::duration<double>(video.keyframe_interval).count() * video.frames_per_second;
    config.keyframe_interval = std::max(static_cast<int>(frames + 0.5), 1);
  }
  const int encodings = video.is_simulcast() ? EncodingsOf(video.width, video.height) : 1;
  config.layers.clear();
  for (int i = encodings - 1; i >= 0; --i) {
    const auto index = static_cast<std::size_t>(i);
    config.layers.push_back(
        {.rid = encodings == 1 ? "" : kRids[index],
         .resolution = {static_cast<uint16_t>(video.width >> i),
                        static_cast<uint16_t>(video.height >> i)},
         .bitrate = DataRate::BitsPerSecond(video.bitrate.bps() / kRateDivisors[index])});
  }
  return config;
}

LinkConfig ToLinkConfig(const LinkSettings& link) {
  LinkConfig config;
  if (link.rate.bps() > 0) config.capacity = RateTrace::Constant(link.rate);
  config.delay = link.delay;
  config.jitter.amount = link.jitter;
  config.loss = link.loss;
  config.queue.max_time = link.queue;
  return config;
}

Slots SlotsFor(const Scenario& scenario, int other_publishers) {
  Slots slots = SlotsOf(scenario.layout, other_publishers);
  if (scenario.layout_flip_every.count() > 0) {
    const Slots flipped = SlotsOf(FlippedLayout(scenario.layout), other_publishers);
    slots.video = std::max(slots.video, flipped.video);
    slots.audio = std::max(slots.audio, flipped.audio);
  }
  if (!scenario.video.on()) slots.video = 0;
  if (!scenario.audio.on) slots.audio = 0;
  return slots;
}

}  // namespace stellwerk::load
