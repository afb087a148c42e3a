// EVP's digests and MACs allocate for each message in OpenSSL 3; SHA_CTX, which OpenSSL would
// rather see gone, is plain data.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "transport/srtp/hmac_sha1.h"

#include <openssl/sha.h>

#include <algorithm>

namespace stellwerk {
namespace {

Sha1Words StateAfter(const std::array<uint8_t, SHA_CBLOCK>& block) {
  SHA_CTX sha;
  SHA1_Init(&sha);
  SHA1_Update(&sha, block.data(), block.size());
  const Sha1Words words = {sha.h0, sha.h1, sha.h2, sha.h3, sha.h4};
  Wipe(&sha, sizeof(sha));
  return words;
}

SHA_CTX Resume(const Sha1Words& words) {
  SHA_CTX sha{};
  sha.h0 = words[0];
  sha.h1 = words[1];
  sha.h2 = words[2];
  sha.h3 = words[3];
  sha.h4 = words[4];
  sha.Nl = SHA_CBLOCK * 8;  // bits so far
  return sha;
}

}  // namespace

HmacSha1::HmacSha1(std::span<const uint8_t, kSha1Size> key) {
  constexpr uint8_t kInnerPad = 0x36;
  constexpr uint8_t kOuterPad = 0x5c;
  Secret<std::array<uint8_t, SHA_CBLOCK>> block;
  for (const auto& [pad, state] : {std::pair(kInnerPad, &inner_), std::pair(kOuterPad, &outer_)}) {
    block->fill(pad);
    for (std::size_t i = 0; i < key.size(); ++i) (*block)[i] ^= key[i];
    **state = StateAfter(*block);
  }
}

std::array<uint8_t, kSha1Size> HmacSha1::Compute(std::span<const uint8_t> message,
                                                 std::span<const uint8_t> tail) const {
  std::array<uint8_t, kSha1Size> digest;
  SHA_CTX sha = Resume(*inner_);
  SHA1_Update(&sha, message.data(), message.size());
  SHA1_Update(&sha, tail.data(), tail.size());
  SHA1_Final(digest.data(), &sha);
  sha = Resume(*outer_);
  SHA1_Update(&sha, digest.data(), digest.size());
  SHA1_Final(digest.data(), &sha);  // which wipes nothing secret: digests only
  return digest;
}

}  // namespace stellwerk
