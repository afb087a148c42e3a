#include "tests/transport/srtp/reference_srtp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>

#include "rtc/base/check.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

constexpr std::size_t kTag80 = 10;
constexpr std::size_t kGcmTag = 16;
constexpr std::size_t kRtcpHeader = 8;

Bytes AesCm(const Bytes& key, const std::array<uint8_t, 16>& iv, std::span<const uint8_t> input) {
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  Bytes output(input.size());
  int size = 0;
  STELLWERK_CHECK(EVP_EncryptInit_ex(cipher.get(),
                                     key.size() == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr(),
                                     nullptr, key.data(), iv.data()) == 1);
  STELLWERK_CHECK(EVP_EncryptUpdate(cipher.get(), output.data(), &size, input.data(),
                                    static_cast<int>(input.size())) == 1);
  return output;
}

Bytes AesGcm(const Bytes& key, const Bytes& iv, std::span<const uint8_t> aad,
             std::span<const uint8_t> input) {
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  Bytes output(input.size() + kGcmTag);
  int size = 0;
  STELLWERK_CHECK(EVP_EncryptInit_ex(cipher.get(),
                                     key.size() == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm(),
                                     nullptr, key.data(), iv.data()) == 1);
  STELLWERK_CHECK(EVP_EncryptUpdate(cipher.get(), nullptr, &size, aad.data(),
                                    static_cast<int>(aad.size())) == 1);
  STELLWERK_CHECK(EVP_EncryptUpdate(cipher.get(), output.data(), &size, input.data(),
                                    static_cast<int>(input.size())) == 1);
  STELLWERK_CHECK(EVP_EncryptFinal_ex(cipher.get(), output.data() + size, &size) == 1);
  STELLWERK_CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kGcmTag,
                                      output.data() + input.size()) == 1);
  return output;
}

void AppendTag80(Bytes& packet, const Bytes& key, const Bytes& message) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned int size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
       mac.data(), &size);
  packet.insert(packet.end(), mac.begin(), mac.begin() + kTag80);
}

void XorBigEndian(std::span<uint8_t> target, std::size_t at, uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    target[at + i] ^= static_cast<uint8_t>(value >> (8 * (size - 1 - i)));
  }
}

void AppendU32(Bytes& bytes, uint32_t value) {
  bytes.resize(bytes.size() + 4);
  XorBigEndian(bytes, bytes.size() - 4, value, 4);
}

uint32_t U32At(std::span<const uint8_t> bytes, std::size_t at) {
  uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[at + i];
  return value;
}

// RFC 3711 §4.3.1: key_id = label || index DIV kdr, which is zero; IV = (key_id XOR salt) * 2^16.
Bytes Derive(const SrtpKeys& keys, uint8_t label, std::size_t size) {
  std::array<uint8_t, 16> iv{};
  std::copy(keys.salt_bytes().begin(), keys.salt_bytes().end(), iv.begin());
  iv[7] ^= label;
  return AesCm({keys.key_bytes().begin(), keys.key_bytes().end()}, iv, Bytes(size));
}

// RFC 3711 §4.1.1: (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16).
std::array<uint8_t, 16> CmIv(const Bytes& salt, uint32_t ssrc, uint64_t index) {
  std::array<uint8_t, 16> iv{};
  std::copy(salt.begin(), salt.end(), iv.begin());
  XorBigEndian(iv, 4, ssrc, 4);
  XorBigEndian(iv, 8, index, 6);
  return iv;
}

}  // namespace

SrtpSessionKeys DeriveSessionKeys(const SrtpKeys& keys, bool rtcp) {
  const bool is_cm = keys.profile == SrtpProfile::kAes128CmSha1_80;
  const uint8_t first = rtcp ? 3 : 0;
  SrtpSessionKeys session;
  session.cipher_key = Derive(keys, first, keys.key_bytes().size());
  if (is_cm) session.auth_key = Derive(keys, first + 1, 20);
  session.salt = Derive(keys, first + 2, is_cm ? 14 : 12);
  return session;
}

std::vector<uint8_t> ReferenceProtectRtp(const SrtpSessionKeys& keys, SrtpProfile profile,
                                         std::span<const uint8_t> packet, std::size_t header_size,
                                         uint64_t index) {
  const uint32_t ssrc = U32At(packet, 8);
  const auto header = packet.first(header_size);
  const auto payload = packet.subspan(header_size);
  Bytes result(header.begin(), header.end());
  if (profile != SrtpProfile::kAes128CmSha1_80) {
    // RFC 7714 §8.1: 00 00 | SSRC | ROC | SEQ, XOR salt.
    Bytes iv = keys.salt;
    XorBigEndian(iv, 2, ssrc, 4);
    XorBigEndian(iv, 6, index, 6);
    const Bytes sealed = AesGcm(keys.cipher_key, iv, header, payload);
    result.insert(result.end(), sealed.begin(), sealed.end());
    return result;
  }
  const Bytes encrypted = AesCm(keys.cipher_key, CmIv(keys.salt, ssrc, index), payload);
  result.insert(result.end(), encrypted.begin(), encrypted.end());
  Bytes authenticated = result;
  AppendU32(authenticated, static_cast<uint32_t>(index >> 16));
  AppendTag80(result, keys.auth_key, authenticated);
  return result;
}

std::vector<uint8_t> ReferenceProtectRtcp(const SrtpSessionKeys& keys, SrtpProfile profile,
                                          std::span<const uint8_t> packet, uint32_t index) {
  const uint32_t ssrc = U32At(packet, 4);
  const auto header = packet.first(kRtcpHeader);
  const auto payload = packet.subspan(kRtcpHeader);
  Bytes trailer;
  AppendU32(trailer, 0x8000'0000 | index);
  Bytes result(header.begin(), header.end());
  if (profile != SrtpProfile::kAes128CmSha1_80) {
    // RFC 7714 §9.1: 00 00 | SSRC | 00 00 | index, XOR salt; §9.3: the trailer is associated data.
    Bytes iv = keys.salt;
    XorBigEndian(iv, 2, ssrc, 4);
    XorBigEndian(iv, 8, index, 4);
    Bytes associated = result;
    associated.insert(associated.end(), trailer.begin(), trailer.end());
    const Bytes sealed = AesGcm(keys.cipher_key, iv, associated, payload);
    result.insert(result.end(), sealed.begin(), sealed.end());
    result.insert(result.end(), trailer.begin(), trailer.end());
    return result;
  }
  const Bytes encrypted = AesCm(keys.cipher_key, CmIv(keys.salt, ssrc, index), payload);
  result.insert(result.end(), encrypted.begin(), encrypted.end());
  result.insert(result.end(), trailer.begin(), trailer.end());
  const Bytes authenticated = result;
  AppendTag80(result, keys.auth_key, authenticated);
  return result;
}

}  // namespace stellwerk
