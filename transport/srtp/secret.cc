#include "transport/srtp/secret.h"

#include <openssl/crypto.h>

#include "rtc/base/check.h"

namespace stellwerk {

void Wipe(void* memory, std::size_t size) { OPENSSL_cleanse(memory, size); }

bool AreEqualInConstantTime(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  STELLWERK_CHECK(a.size() == b.size());
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace stellwerk
