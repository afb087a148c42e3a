#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stellwerk {

// Why a packet or message was not used. Each is counted and exported as a metric; none is logged
// per packet. Add a reason here and its name in drop_reason.cc; order does not matter to anyone
// outside.
enum class DropReason : uint8_t {
  kUnknownProtocol,  // RFC 7983 first byte belongs to nothing we speak
  kUnknownPeer,      // no session for this address, no ufrag of ours
  kTruncated,        // ends before its own length fields say
  kMalformed,        // contradicts its format
  kUnsupported,      // well-formed, but a version or feature that we do not take
  kStunNoIntegrity,  // a check without MESSAGE-INTEGRITY
  kStunBadIntegrity,
  kStunBadFingerprint,
  kStunUnexpected,  // a response that nobody asked for
  kNotNominated,    // media or DTLS from an address that has passed no check
  kDtlsFailed,
  kDtlsNotReady,  // SRTP before keys, or to send before the handshake
  kSrtpAuthFailed,
  kSrtpReplayed,
  kSrtpTooOld,
  kUnknownStream,  // an SSRC, MID or RID that was not negotiated
  kUnknownPayloadType,
  kDuplicate,
  kUnexpectedSequence,  // a number far from its stream's, not (yet) explained by a restart
  kTooLarge,
  kQueueFull,
  kNoBuffer,
  kSocketError,
  kClosed,
  kCount,
};

inline constexpr std::size_t kDropReasonCount = static_cast<std::size_t>(DropReason::kCount);

// The name as metrics show it, e.g. "srtp_auth_failed".
std::string_view ToString(DropReason reason);

// One counter per reason.
class DropCounters {
 public:
  void Count(DropReason reason) { ++counts_[static_cast<std::size_t>(reason)]; }
  [[nodiscard]] uint64_t operator[](DropReason reason) const {
    return counts_[static_cast<std::size_t>(reason)];
  }
  DropCounters& operator+=(const DropCounters& other) {
    for (std::size_t i = 0; i < kDropReasonCount; ++i) counts_[i] += other.counts_[i];
    return *this;
  }

 private:
  std::array<uint64_t, kDropReasonCount> counts_{};
};

}  // namespace stellwerk
