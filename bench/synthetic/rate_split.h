#pragma once

#include <span>
#include <vector>

#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// What an encoding would take.
struct EncodingDemand {
  DataRate full;       // at its best, on the wire
  bool wanted = true;  // by the server
  // It is sent whatever the network says, with at least this part of `full`. Audio is not scaled,
  // and of a camera browsers always send something.
  double floor = 0;
};

// An encoding without a floor that would get less than this part of what it takes is not sent.
inline constexpr double kLeastShare = 0.6;

// What each encoding gets of `available`, in order of precedence (the lowest first); zero: it is
// switched off, and all that follow without a floor are, too. The last that is sent gets what is
// left, all before it what they take at their best.
std::vector<DataRate> SplitRate(DataRate available, std::span<const EncodingDemand> encodings);

}  // namespace stellwerk::synthetic
