#pragma once

#include <span>
#include <vector>

#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// What an encoding would take.
struct EncodingDemand {
  DataRate full;       // at its best
  bool wanted = true;  // by the server
};

// An encoding that would get less than this part of what it takes at its best is not sent.
inline constexpr double kLeastShare = 0.6;

// What each encoding gets of `available`, in the order of ascending quality; zero: it is switched
// off. The lower ones come first and in full; the highest that is sent gets what is left, but never
// more than its own. The lowest of those that are wanted is always sent, as browsers do, with at
// least kFloor of its rate.
std::vector<DataRate> SplitRate(DataRate available, std::span<const EncodingDemand> encodings);
inline constexpr double kFloor = 0.2;

}  // namespace stellwerk::synthetic
