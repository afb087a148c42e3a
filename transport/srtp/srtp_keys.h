#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stellwerk {

// RFC 5764 §4.1.2 and RFC 7714 §14.2; the values are those on the wire, the order is our
// preference.
enum class SrtpProfile : uint16_t {
  kAeadAes128Gcm = 0x0007,
  kAeadAes256Gcm = 0x0008,
  kAes128CmSha1_80 = 0x0001,
};

struct SrtpProfileSizes {
  std::size_t key = 0;            // master key, bytes
  std::size_t salt = 0;           // master salt, bytes
  std::size_t rtp_overhead = 0;   // what protection adds to an RTP packet
  std::size_t rtcp_overhead = 0;  // what it adds to an RTCP packet, the E flag and index included
};

constexpr SrtpProfileSizes SizesOf(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return {16, 12, 16, 20};
    case SrtpProfile::kAeadAes256Gcm:
      return {32, 12, 16, 20};
    case SrtpProfile::kAes128CmSha1_80:
      return {16, 14, 10, 14};
  }
  return {};
}

// The most that any profile adds to a packet: the tailroom a sender leaves.
inline constexpr std::size_t kMaxSrtpOverhead = 20;

// Master key and salt of one direction. Trivially copyable: part of the state that a call needs in
// order to go on.
struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::array<uint8_t, 32> key{};   // the first SizesOf(profile).key bytes count
  std::array<uint8_t, 14> salt{};  // the first SizesOf(profile).salt bytes count

  [[nodiscard]] std::span<const uint8_t> key_bytes() const {
    return std::span(key).first(SizesOf(profile).key);
  }
  [[nodiscard]] std::span<const uint8_t> salt_bytes() const {
    return std::span(salt).first(SizesOf(profile).salt);
  }
};

// What a DTLS handshake yields (RFC 5764 §4.2), as seen from our side.
struct SrtpKeyPair {
  SrtpKeys local;   // what we protect with
  SrtpKeys remote;  // what the peer protects with
};

}  // namespace stellwerk
