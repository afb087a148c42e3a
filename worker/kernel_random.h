#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/random.h"

namespace stellwerk {

// Random numbers from the kernel, fetched a block at a time.
class KernelRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override;

 private:
  std::array<uint8_t, 256> block_{};
  std::size_t used_ = block_.size();
};

}  // namespace stellwerk
