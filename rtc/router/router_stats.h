#pragma once

// The statistics of a router, which the IPC shares.
#include "rtc/base/media_stats.h"  // IWYU pragma: export
