#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/prefetch.h"
#include "transport/srtp/packet_window.h"
#include "transport/srtp/protector.h"
#include "transport/srtp/srtp_keys.h"
#include "transport/srtp/stream_table.h"

namespace stellwerk {

// What one SSRC has used up of the keys. Trivially copyable.
struct SrtpSendState {
  PacketWindow rtp;
  uint32_t next_rtcp_index = 1;
};
static_assert(std::is_trivially_copyable_v<SrtpSendState>);

// Protects what one transport sends. An index is protected once: the state of an SSRC lives as long
// as the keys, whatever happens to the consumers that sent with it.
class SrtpSender {
 public:
  explicit SrtpSender(const SrtpKeys& keys);
  ~SrtpSender();
  SrtpSender(SrtpSender&&) noexcept;
  SrtpSender& operator=(SrtpSender&&) noexcept;

  // Protects the RTP packet in the first `size` bytes of `buffer` in place and returns its new
  // size. The index follows from the sequence number; a new SSRC should start below 32768, so that
  // the peer's first estimate is right even if the first packets are lost. kDuplicate: that number
  // was protected before. kSrtpTooOld: it lies so far behind that nobody knows. kTooLarge: no room
  // for the tag. kMalformed: not RTP.
  Expected<std::size_t, DropReason> ProtectRtp(std::span<uint8_t> buffer, std::size_t size);
  // The first half of ProtectRtp(): the index is taken now, for the SSRC and the sequence number
  // that the packet has, and is spent, done or not. ProtectBatch() does the job later, together
  // with those of other senders; until then bytes and size may still change (sequence number and
  // SSRC may not), and this sender must live. Its errors are ProtectRtp()'s, but a header cut short
  // shows in the job.
  Expected<ProtectJob, DropReason> PrepareRtp(std::span<uint8_t> buffer, std::size_t size);
  // As ProtectRtp(), for a compound RTCP packet, whose index is the next of its sender's SSRC.
  Expected<std::size_t, DropReason> ProtectRtcp(std::span<uint8_t> buffer, std::size_t size);

  // ProtectRtp() will be called soon: has what it needs fetched from memory.
  void PrefetchKeys() const {
    constexpr std::size_t kExpandedKey = 1024;  // GCM's, with the powers of its hash key
    Prefetch(protector_.get(), kExpandedKey);
    streams_.PrefetchLast();
  }
  // Whether PrepareRtp() and ProtectBatch() are faster than ProtectRtp(), which they are for some
  // profiles on some backends. Where they are not, ProtectRtp() finds the packet in the cache.
  [[nodiscard]] bool gains_in_batches() const { return gains_in_batches_; }
  // Bytes that protection adds to an RTP packet.
  [[nodiscard]] std::size_t rtp_overhead() const { return rtp_overhead_; }
  // True if RTP was ever sent with this SSRC under these keys: a new consumer must not start over
  // with it.
  [[nodiscard]] bool WasUsed(Ssrc ssrc) const;

 private:
  // The index of the packet in `buffer`, which is spent by that.
  Expected<uint64_t, DropReason> TakeIndex(std::span<const uint8_t> buffer, std::size_t size);

  std::size_t rtp_overhead_;
  std::size_t rtcp_overhead_;
  // The keys are its to keep, and to wipe.
  std::unique_ptr<Protector> protector_;
  bool gains_in_batches_;
  StreamTable<SrtpSendState> streams_;
};

}  // namespace stellwerk
