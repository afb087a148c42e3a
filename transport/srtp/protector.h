#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

class ProtectLanes;

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

  // What protects several RTP packets at once faster than one after the other, of this thread;
  // nullptr: nothing does. Protectors with the same lanes may share them, whatever their keys.
  [[nodiscard]] virtual ProtectLanes* lanes() { return nullptr; }

 protected:
  Protector() = default;
};

// One ProtectRtp() to be done together with others.
struct ProtectJob {
  Protector* protector = nullptr;  // must live until the job is done
  std::span<uint8_t> buffer = {};
  std::size_t size = 0;
  uint64_t index = 0;
  Expected<std::size_t, DropReason> result = Unexpected(DropReason::kUnsupported);  // once done
};

// Does all of `jobs`, in any order: what ProtectRtp() would have done and returned, at a lower
// price where the backend knows one. No two jobs share a buffer. Does not allocate.
void ProtectBatch(std::span<ProtectJob> jobs);

// Which way a Protector is used; libsrtp2 and OpenSSL want to know. Other calls are bugs.
enum class SrtpDirection : uint8_t { kSend, kReceive };

enum class SrtpBackend : uint8_t {
  kIpsecMb,   // intel-ipsec-mb: x86-64 with AES instructions, where the build has the library
  kOpenssl,   // portable
  kLibsrtp2,  // the reference
};
inline constexpr SrtpBackend kAllSrtpBackends[] = {SrtpBackend::kIpsecMb, SrtpBackend::kOpenssl,
                                                   SrtpBackend::kLibsrtp2};
std::string_view ToString(SrtpBackend backend);
// Whether this build on this CPU has it.
bool IsAvailable(SrtpBackend backend);
// The fastest of those available.
SrtpBackend BestSrtpBackend();

std::unique_ptr<Protector> MakeProtector(const SrtpKeys& keys, SrtpDirection direction,
                                         SrtpBackend backend = BestSrtpBackend());

}  // namespace stellwerk
