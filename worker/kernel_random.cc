#include "worker/kernel_random.h"

#include <sys/random.h>

#include <cerrno>

#include "rtc/base/check.h"

namespace stellwerk {

void KernelRandom::Fill(std::span<uint8_t> bytes) {
  for (uint8_t& byte : bytes) {
    if (used_ == block_.size()) {
      ssize_t got = -1;
      // Up to 256 bytes come whole or, before the kernel has entropy, interrupted.
      do {
        got = getrandom(block_.data(), block_.size(), 0);
      } while (got < 0 && errno == EINTR);
      STELLWERK_CHECK(got == static_cast<ssize_t>(block_.size()));
      used_ = 0;
    }
    byte = block_[used_];
    block_[used_++] = 0;  // what has been given out may be a secret
  }
}

}  // namespace stellwerk
