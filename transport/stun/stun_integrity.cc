#include "transport/stun/stun_integrity.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "rtc/base/check.h"

namespace stellwerk {
namespace {

// The reflected polynomial of ITU V.42.
constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0U);
    table[i] = value;
  }
  return table;
}
constexpr auto kCrcTable = MakeCrcTable();
constexpr uint32_t kFingerprintXor = 0x5354554E;

}  // namespace

std::array<uint8_t, 20> StunHmacSha1(std::span<const uint8_t> message, std::string_view key) {
  std::array<uint8_t, 20> digest{};
  unsigned int size = 0;
  STELLWERK_CHECK(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(),
                       message.size(), digest.data(), &size) != nullptr);
  STELLWERK_CHECK(size == digest.size());
  return digest;
}

uint32_t StunFingerprint(std::span<const uint8_t> message) {
  uint32_t crc = 0xFFFFFFFF;
  for (const uint8_t byte : message) crc = (crc >> 8) ^ kCrcTable[(crc ^ byte) & 0xFF];
  return ~crc ^ kFingerprintXor;
}

}  // namespace stellwerk
