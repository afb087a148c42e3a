#include "controller/auth/secure_random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "rtc/base/check.h"

namespace stellwerk {

void SecureRandom::Fill(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    // Up to 256 bytes getrandom is never interrupted and never short once the kernel is seeded.
    const std::size_t size = std::min<std::size_t>(bytes.size(), 256);
    STELLWERK_CHECK(getrandom(bytes.data(), size, 0) == static_cast<ssize_t>(size));
    bytes = bytes.subspan(size);
  }
}

std::string RandomText(Random& random, std::size_t length) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  text.reserve(length);
  std::array<uint8_t, 64> bytes{};
  while (text.size() < length) {
    random.Fill(bytes);
    for (const uint8_t byte : bytes) {
      // 248 = 4 * 62: what lies above would favour the first characters.
      if (byte >= 248 || text.size() == length) continue;
      text.push_back(kAlphabet[byte % kAlphabet.size()]);
    }
  }
  return text;
}

}  // namespace stellwerk
