#include "transport/srtp/cipher_keys.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <span>

#include "rtc/base/check.h"
#include "transport/srtp/secret.h"

namespace stellwerk {
namespace {

// RFC 3711 §4.3.1: the keystream of the master key from the counter block
// (label * 2^48 XOR master salt) * 2^16; the key derivation rate is zero.
void Derive(const SrtpKeys& keys, uint8_t label, std::span<uint8_t> result) {
  CmCounter counter{};
  std::ranges::copy(keys.salt_bytes(), counter.begin());
  counter[7] ^= label;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::ranges::fill(result, 0);
  int size = 0;
  STELLWERK_CHECK(
      EVP_EncryptInit_ex(cipher.get(),
                         keys.key_bytes().size() == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr(),
                         nullptr, keys.key.data(), counter.data()) == 1);
  STELLWERK_CHECK(EVP_EncryptUpdate(cipher.get(), result.data(), &size, result.data(),
                                    static_cast<int>(result.size())) == 1);
}

}  // namespace

CipherKeys::CipherKeys(const SrtpKeys& keys, SrtpPacketKind kind)
    : key_size_(SizesOf(keys.profile).key) {
  const uint8_t first_label = kind == SrtpPacketKind::kRtp ? 0 : 3;
  Derive(keys, first_label, std::span(key_).first(key_size_));
  Derive(keys, first_label + 1, auth_);
  Derive(keys, first_label + 2, std::span(salt_).first(SizesOf(keys.profile).salt));
}

CipherKeys::~CipherKeys() {
  Wipe(key_.data(), key_.size());
  Wipe(salt_.data(), salt_.size());
  Wipe(auth_.data(), auth_.size());
}

}  // namespace stellwerk
