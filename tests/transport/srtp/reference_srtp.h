#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

// SRTP once more, straight from the RFCs on OpenSSL's primitives, slow and plain: what every
// backend must equal bit for bit. It only protects; that unprotecting is the inverse is shown by
// round trips.
struct SrtpSessionKeys {
  std::vector<uint8_t> cipher_key;
  std::vector<uint8_t> auth_key;  // empty for GCM
  std::vector<uint8_t> salt;      // 12 bytes for GCM, 14 for CM
};
// RFC 3711 §4.3 with a key derivation rate of zero, RFC 7714 §11.
SrtpSessionKeys DeriveSessionKeys(const SrtpKeys& keys, bool rtcp);

// RFC 3711 §4.1.1, §4.2.1; RFC 7714 §8, §9. `packet` is plaintext, `header_size` its part in the
// clear.
std::vector<uint8_t> ReferenceProtectRtp(const SrtpSessionKeys& keys, SrtpProfile profile,
                                         std::span<const uint8_t> packet, std::size_t header_size,
                                         uint64_t index);
std::vector<uint8_t> ReferenceProtectRtcp(const SrtpSessionKeys& keys, SrtpProfile profile,
                                          std::span<const uint8_t> packet, uint32_t index);

}  // namespace stellwerk
