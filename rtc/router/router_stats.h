#pragma once

#include <cstdint>
#include <vector>

// What the IPC shares.
#include "rtc/base/media_stats.h"  // IWYU pragma: export

namespace stellwerk {

// How well subscribers are served, all together.
struct ServiceQuality {
  std::vector<int64_t> estimates;    // bits per second, of each whose network is estimated
  uint64_t video_slots = 0;          // that show somebody
  uint64_t video_slots_limited = 0;  // of these, for want of bandwidth
  uint64_t freezes = 0;              // of all slots for video
};

}  // namespace stellwerk
