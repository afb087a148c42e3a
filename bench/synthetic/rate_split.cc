#include "bench/synthetic/rate_split.h"

#include <algorithm>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk::synthetic {
std::vector<DataRate> SplitRate(DataRate available, std::span<const EncodingDemand> encodings) {
  std::vector<DataRate> out(encodings.size());
  bool full = false;
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    const EncodingDemand& encoding = encodings[i];
    if (!encoding.wanted) continue;
    DataRate given = std::min(available, encoding.full);
    if (encoding.floor > 0) {
      given = std::max(given, Scaled(encoding.full, encoding.floor));
    } else if (full || given < Scaled(encoding.full, kLeastShare)) {
      full = true;
      continue;
    }
    out[i] = given;
    available = std::max(available - given, DataRate());
  }
  return out;
}

}  // namespace stellwerk::synthetic
