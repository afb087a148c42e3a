#include "bench/synthetic/rate_split.h"

#include <algorithm>

namespace stellwerk::synthetic {
namespace {

DataRate Scaled(DataRate rate, double factor) {
  return DataRate::BitsPerSecond(static_cast<int64_t>(static_cast<double>(rate.bps()) * factor));
}

}  // namespace

std::vector<DataRate> SplitRate(DataRate available, std::span<const EncodingDemand> encodings) {
  std::vector<DataRate> out(encodings.size());
  bool lowest = true;
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    const EncodingDemand& encoding = encodings[i];
    if (!encoding.wanted) continue;
    DataRate given = std::min(available, encoding.full);
    if (lowest) {
      given = std::max(given, Scaled(encoding.full, kFloor));
    } else if (given < Scaled(encoding.full, kLeastShare)) {
      break;
    }
    out[i] = given;
    available = std::max(available - given, DataRate());
    lowest = false;
  }
  return out;
}

}  // namespace stellwerk::synthetic
