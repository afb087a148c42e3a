#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace stellwerk {

// How much of a stream arrives after all repairs, as a number from 10 (everything) to 0. One per
// cent missing is 9, five 7, ten 4, twenty-five 1: what that does to a picture, not the percentage.
// Trivially copyable.
class DeliveryScore {
 public:
  // What was expected within about a second, and what of it is missing for good.
  void OnInterval(int64_t expected, int64_t missing) {
    if (expected <= 0) return;
    const float now = static_cast<float>(std::clamp<int64_t>(missing, 0, expected)) /
                      static_cast<float>(expected);
    // Trouble shows at once and is forgotten within a few seconds.
    missing_ = std::max(now, missing_ + (now - missing_) / 2);
  }
  [[nodiscard]] uint8_t score() const {
    return static_cast<uint8_t>(std::lround(10 * std::pow(1 - missing_, 8)));
  }

 private:
  float missing_ = 0;  // part of the expected
};

}  // namespace stellwerk
