#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

// Authenticated encryption of RTP and RTCP packets with the keys of one direction, in place. It
// keeps no index: roll-over counters, replay windows and "never twice" are the caller's
// (SrtpSender, SrtpReceiver), so that they survive the backend and every backend can be compared to
// every other bit for bit.
//
// `buffer` is the packet's whole room, `size` its present length; the result is the new length. A
// failed call leaves the bytes in an unspecified state, and nothing else changed.
class Protector {
 public:
  virtual ~Protector() = default;
  Protector(const Protector&) = delete;
  Protector& operator=(const Protector&) = delete;

  // RFC 3711 §3.3.1: `index` is 2^16 * ROC + SEQ, and SEQ is the packet's own. Needs
  // SizesOf(profile).rtp_overhead bytes of room. The caller never passes one index of an SSRC twice
  // with different bytes: with GCM that gives the key away. kTooLarge: no room. kMalformed: not
  // RTP.
  virtual Expected<std::size_t, DropReason> ProtectRtp(std::span<uint8_t> buffer, std::size_t size,
                                                       uint64_t index) = 0;
  // kSrtpAuthFailed, kMalformed, kTruncated.
  virtual Expected<std::size_t, DropReason> UnprotectRtp(std::span<uint8_t> buffer,
                                                         std::size_t size, uint64_t index) = 0;
  // RFC 3711 §3.4: `index` has 31 bits and is written into the packet. As for RTP, never twice.
  virtual Expected<std::size_t, DropReason> ProtectRtcp(std::span<uint8_t> buffer, std::size_t size,
                                                        uint32_t index) = 0;
  // The index is read from the packet (SrtcpIndexOf in srtp_index.h).
  virtual Expected<std::size_t, DropReason> UnprotectRtcp(std::span<uint8_t> buffer,
                                                          std::size_t size) = 0;

 protected:
  Protector() = default;
};

// Which way a Protector is used; libsrtp2 wants to know.
enum class SrtpDirection : uint8_t { kSend, kReceive };

// The backend of choice for these keys.
std::unique_ptr<Protector> MakeProtector(const SrtpKeys& keys, SrtpDirection direction);

}  // namespace stellwerk
