#pragma once

#include <string>
#include <string_view>

#include "bench/link/link_config.h"
#include "rtc/base/expected.h"

namespace stellwerk {

// A link as words: "rate_kbps=500 delay_ms=25 jitter_ms=5 reorder=1 loss=0.1 queue_bytes=150000
// queue_ms=200 codel=1", also "burst_enter=0.01 burst_leave=0.2" and "trace=0:3000,15:500,30:3000"
// (seconds:kbit/s, from when it is set). What is not named is not there. The error says which word
// is wrong.
Expected<LinkConfig, std::string> ParseLink(std::string_view text);

}  // namespace stellwerk
