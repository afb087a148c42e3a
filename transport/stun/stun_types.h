#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// Numbers of RFC 8489 (STUN) and RFC 8445 §16 (its ICE attributes).
namespace stellwerk {

inline constexpr uint32_t kStunMagicCookie = 0x2112A442;
inline constexpr std::size_t kStunHeaderSize = 20;
// Far more than any ICE check needs; a larger one is refused before anything is computed over it.
inline constexpr std::size_t kStunMaxSize = 1024;

using StunTransactionId = std::array<uint8_t, 12>;

enum class StunClass : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };
inline constexpr uint16_t kStunBinding = 0x001;

enum class StunAttribute : uint16_t {
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000A,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kMessageIntegritySha256 = 0x001C,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kSoftware = 0x8022,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802A,
};

// RFC 8489 §14.8 and RFC 8445 §16.2.
inline constexpr uint16_t kStunBadRequest = 400;
inline constexpr uint16_t kStunUnauthenticated = 401;
inline constexpr uint16_t kStunUnknownAttribute = 420;
inline constexpr uint16_t kStunRoleConflict = 487;

}  // namespace stellwerk
