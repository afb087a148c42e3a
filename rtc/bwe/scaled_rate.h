#pragma once

#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

constexpr DataRate Scaled(DataRate rate, double factor) {
  return DataRate::BitsPerSecond(static_cast<int64_t>(static_cast<double>(rate.bps()) * factor));
}
constexpr double Ratio(DataRate a, DataRate b) {
  return b.bps() <= 0 ? 0 : static_cast<double>(a.bps()) / static_cast<double>(b.bps());
}
constexpr double ToSeconds(TimeDelta delta) { return static_cast<double>(delta.count()) * 1e-9; }
constexpr double ToFloatMilliseconds(TimeDelta delta) {
  return static_cast<double>(delta.count()) * 1e-6;
}

}  // namespace stellwerk
