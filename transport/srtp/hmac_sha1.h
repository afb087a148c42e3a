#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "transport/srtp/cipher_keys.h"
#include "transport/srtp/secret.h"

namespace stellwerk {

using Sha1Words = std::array<uint32_t, kSha1Size / 4>;

// HMAC-SHA1 (RFC 2104) under one key: the two blocks that the key fills are hashed once, not for
// each message.
class HmacSha1 {
 public:
  explicit HmacSha1(std::span<const uint8_t, kSha1Size> key);

  // Of `message` followed by `tail`.
  [[nodiscard]] std::array<uint8_t, kSha1Size> Compute(std::span<const uint8_t> message,
                                                       std::span<const uint8_t> tail = {}) const;
  // SHA-1's state after those blocks.
  [[nodiscard]] const Sha1Words& inner() const { return *inner_; }
  [[nodiscard]] const Sha1Words& outer() const { return *outer_; }

 private:
  Secret<Sha1Words> inner_;
  Secret<Sha1Words> outer_;
};

}  // namespace stellwerk
