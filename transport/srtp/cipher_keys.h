#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/network_order.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

enum class SrtpPacketKind : uint8_t { kRtp, kRtcp };

inline constexpr std::size_t kGcmTagSize = 16;
inline constexpr std::size_t kGcmNonceSize = 12;
inline constexpr std::size_t kSha1Size = 20;
inline constexpr std::size_t kCmTagSize = 10;  // HMAC-SHA1, cut to 80 bits
inline constexpr std::size_t kSrtcpIndexSize = 4;
inline constexpr std::size_t kAesBlockSize = 16;
// RFC 3550 §6.4.2: the smallest RTCP packet, an empty receiver report; as much of any RTCP packet
// stays in the clear.
inline constexpr std::size_t kRtcpHeaderSize = 8;
// RFC 3711 §3.4: set in the word that carries the SRTCP index when the packet is encrypted.
inline constexpr uint32_t kSrtcpEncrypted = 0x8000'0000;

using SrtpSalt = std::array<uint8_t, 14>;

// RFC 3711 §4.3, RFC 7714 §11: the session keys of one direction, for RTP or for RTCP, which the
// master keys yield. Wiped when it dies.
class CipherKeys {
 public:
  CipherKeys(const SrtpKeys& keys, SrtpPacketKind kind);
  ~CipherKeys();
  CipherKeys(const CipherKeys&) = delete;
  CipherKeys& operator=(const CipherKeys&) = delete;

  [[nodiscard]] std::span<const uint8_t> key() const { return std::span(key_).first(key_size_); }
  // The last two bytes are zero for GCM, which has a shorter one.
  [[nodiscard]] const SrtpSalt& salt() const { return salt_; }
  // Of AES_CM alone.
  [[nodiscard]] std::span<const uint8_t, kSha1Size> auth() const { return auth_; }

 private:
  std::size_t key_size_;
  std::array<uint8_t, 32> key_{};
  SrtpSalt salt_{};
  std::array<uint8_t, kSha1Size> auth_{};
};

// RFC 7714 §8.1 and §9.1: what GCM is started with: two zero bytes, the SSRC, the index (for RTP 48
// bits, for RTCP 31), and the salt over all of them.
using GcmNonce = std::array<uint8_t, kGcmNonceSize>;
inline GcmNonce MakeGcmNonce(const SrtpSalt& salt, Ssrc ssrc, uint64_t index) {
  GcmNonce nonce;
  const uint64_t head = uint64_t{ssrc.value()} << 16 | static_cast<uint16_t>(index >> 32);
  StoreWord(LoadWord<uint64_t>(salt, 0) ^ head, nonce, 0);
  StoreWord(LoadWord<uint32_t>(salt, 8) ^ static_cast<uint32_t>(index), nonce, 8);
  return nonce;
}

// RFC 3711 §4.1.1: the counter block that AES_CM starts with: four zero bytes, the SSRC, the index,
// and the salt over all of them. The last two bytes, which count the blocks of the packet, are
// zero.
using CmCounter = std::array<uint8_t, kAesBlockSize>;
inline CmCounter MakeCmCounter(const SrtpSalt& salt, Ssrc ssrc, uint64_t index) {
  CmCounter counter;
  StoreWord(LoadWord<uint64_t>(salt, 0) ^ ssrc.value(), counter, 0);
  StoreWord(LoadWord<uint32_t>(salt, 8) ^ static_cast<uint32_t>(index >> 16), counter, 8);
  StoreWord(static_cast<uint16_t>(LoadWord<uint16_t>(salt, 12) ^ index), counter, 12);
  StoreWord(uint16_t{0}, counter, 14);
  return counter;
}

}  // namespace stellwerk
