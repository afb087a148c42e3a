#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "rtc/base/random.h"

namespace stellwerk {

// The kernel's random numbers, good for secrets.
class SecureRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override;
};

// `length` characters of [A-Za-z0-9], 5.95 bits each: for URLs, ICE credentials and JSON without
// escaping.
std::string RandomText(Random& random, std::size_t length);

}  // namespace stellwerk
