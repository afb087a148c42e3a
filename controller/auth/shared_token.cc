#include "controller/auth/shared_token.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <strings.h>

namespace stellwerk {
namespace {

std::array<uint8_t, 32> Sha256(std::string_view text) {
  std::array<uint8_t, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace

SharedToken::SharedToken(std::string_view token) {
  if (!token.empty()) digest_ = Sha256(token);
}

bool SharedToken::Admits(std::string_view presented) const {
  if (!digest_) return true;
  const auto digest = Sha256(presented);
  return CRYPTO_memcmp(digest.data(), digest_->data(), digest.size()) == 0;
}

std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  // RFC 9110 §11.1: the scheme's name is case-insensitive.
  if (authorization.size() < kScheme.size() ||
      strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) != 0) {
    return {};
  }
  authorization.remove_prefix(kScheme.size());
  while (!authorization.empty() && authorization.front() == ' ') authorization.remove_prefix(1);
  while (!authorization.empty() && authorization.back() == ' ') authorization.remove_suffix(1);
  return authorization;
}

}  // namespace stellwerk
