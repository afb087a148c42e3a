#include "bench/load/scenario/scenario.h"

#include <algorithm>

namespace stellwerk::load {

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
