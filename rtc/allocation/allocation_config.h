#pragma once

#include <chrono>

#include "rtc/base/units.h"

namespace stellwerk {

// How an allocator weighs a full link against a steady picture. Shares are of what is available.
struct AllocationConfig {
  // Beyond what is available by more than this, something has to go: at once, or, up to
  // `dip_bound`, after `dip_duration`.
  double oversend_bound = 0.05;
  double dip_bound = 0.20;
  TimeDelta dip_duration = std::chrono::milliseconds(500);
  // The same if it is the rates that rose and not the link that shrank: after a keyframe, or when a
  // scene changes. If that is too much for the link, the estimate will tell.
  double surge_bound = 0.50;
  TimeDelta surge_duration = std::chrono::seconds(2);
  // The slots' lowest layers are kept beyond the bound up to this, the only picture of all up to
  // the next.
  double lowest_layer_bound = 0.10;
  double last_picture_bound = 0.25;
  // A higher resolution must leave this free, and must have fitted for so long: at first; after a
  // reduction within the last `raise_lasts`; at most (it doubles each time that a step up did not
  // last).
  double raise_margin = 0.03;
  TimeDelta first_raise_hold = std::chrono::milliseconds(300);
  TimeDelta raise_hold = std::chrono::seconds(1);
  TimeDelta max_raise_hold = std::chrono::seconds(8);
  // A link of which all that is wanted takes no more than this was not found by chance: a slot that
  // was never reduced need not wait.
  double ample = 0.7;
  // A step up that is undone within this time did not last, unless the link lost more than
  // `link_lost` meanwhile.
  TimeDelta raise_lasts = std::chrono::seconds(10);
  double link_lost = 0.3;
  // While there is not enough for all, one slot at a time steps up in resolution: each costs a
  // keyframe.
  TimeDelta raise_interval = std::chrono::milliseconds(200);
  // A filler is begun only while less than this is used: few frames a second are hard to watch, and
  // it costs a keyframe, too.
  double filler_below = 0.5;
  // More frames a second need no keyframe and are hardly seen to come and go.
  TimeDelta temporal_hold = std::chrono::milliseconds(300);
  // For so long a layer that its publisher does not send is waited for, and then not asked for.
  TimeDelta resume_wait = std::chrono::seconds(4);
  TimeDelta resume_pause = std::chrono::seconds(15);
};

}  // namespace stellwerk
