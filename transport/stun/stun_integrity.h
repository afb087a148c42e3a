#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace stellwerk {

// RFC 8489 §14.5: the HMAC-SHA1 over `message`, whose length field must already count
// MESSAGE-INTEGRITY and nothing after it. With short-term credentials the key is the password.
std::array<uint8_t, 20> StunHmacSha1(std::span<const uint8_t> message, std::string_view key);

// RFC 8489 §14.7: the CRC-32 of everything before FINGERPRINT, XORed with "STUN".
uint32_t StunFingerprint(std::span<const uint8_t> message);

}  // namespace stellwerk
