#pragma once

#include <cstdint>

#include "rtc/base/strong_int.h"

namespace stellwerk {

// One running worker process; a respawned one has a new id.
using WorkerId = StrongInt<struct WorkerIdTag, uint32_t>;

}  // namespace stellwerk
