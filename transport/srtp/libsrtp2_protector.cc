#include "transport/srtp/libsrtp2_protector.h"

#include <arpa/inet.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <array>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/check.h"
#include "rtc/base/ids.h"
#include "transport/srtp/packet_window.h"
#include "transport/srtp/srtp_index.h"

namespace stellwerk {
namespace {

using Result = Expected<std::size_t, DropReason>;

// RFC 3550 §6.4.2: the smallest RTCP packet, an empty receiver report.
constexpr std::size_t kRtcpHeaderSize = 8;
// libsrtp2 has no way to set an SRTCP index: it is counted up by protecting scratch packets. Enough
// for hours of feedback between two protectors of one call; who needs more uses another backend.
constexpr uint32_t kMaxSrtcpSkip = 1U << 20;

void InitLibraryOnce() {
  static const srtp_err_status_t status = srtp_init();
  STELLWERK_CHECK(status == srtp_err_status_ok);
}

DropReason ReasonOf(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_replay_fail:
      return DropReason::kSrtpReplayed;
    case srtp_err_status_replay_old:
      return DropReason::kSrtpTooOld;
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:  // what NSS makes of a wrong GCM tag
    case srtp_err_status_cant_check:   // RTCP that is not encrypted
      return DropReason::kSrtpAuthFailed;
    default:
      return DropReason::kMalformed;
  }
}

bool IsReplay(srtp_err_status_t status) {
  return status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old;
}

// A libsrtp2 session and the master key in the form that its policies point at.
class Session {
 public:
  Session(const SrtpKeys& keys, SrtpDirection direction) {
    std::copy(keys.key_bytes().begin(), keys.key_bytes().end(), master_.begin());
    std::copy(keys.salt_bytes().begin(), keys.salt_bytes().end(),
              master_.begin() + static_cast<std::ptrdiff_t>(keys.key_bytes().size()));
    for (srtp_crypto_policy_t* policy : {&policy_.rtp, &policy_.rtcp}) {
      switch (keys.profile) {
        case SrtpProfile::kAeadAes128Gcm:
          srtp_crypto_policy_set_aes_gcm_128_16_auth(policy);
          break;
        case SrtpProfile::kAeadAes256Gcm:
          srtp_crypto_policy_set_aes_gcm_256_16_auth(policy);
          break;
        case SrtpProfile::kAes128CmSha1_80:
          srtp_crypto_policy_set_rtp_default(policy);
          break;
      }
    }
    policy_.key = master_.data();
    policy_.window_size = PacketWindow::kSize;
    policy_.allow_repeat_tx = 1;  // SrtpSender refuses repetitions, not libsrtp2
    policy_.ssrc.type = direction == SrtpDirection::kSend ? ssrc_any_outbound : ssrc_any_inbound;
    STELLWERK_CHECK(srtp_create(&session_, &policy_) == srtp_err_status_ok);
  }
  ~Session() {
    srtp_dealloc(session_);
    // A plain loop might be dropped as a dead store.
    volatile uint8_t* bytes = master_.data();
    for (std::size_t i = 0; i < master_.size(); ++i) bytes[i] = 0;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] srtp_t get() const { return session_; }
  // libsrtp2 forgets the stream; the next packet with this SSRC makes it anew, at roll-over counter
  // zero.
  // (This one function takes the SSRC in network order.)
  void Forget(Ssrc ssrc) { srtp_remove_stream(session_, htonl(ssrc.value())); }
  // The next packet of the stream will be taken to have this roll-over counter.
  void StartAt(Ssrc ssrc, uint32_t roc) {
    Forget(ssrc);
    if (roc == 0) return;
    srtp_policy_t policy = policy_;
    policy.ssrc = {.type = ssrc_specific, .value = ssrc.value()};
    STELLWERK_CHECK(srtp_add_stream(session_, &policy) == srtp_err_status_ok);
    STELLWERK_CHECK(srtp_set_stream_roc(session_, ssrc.value(), roc) == srtp_err_status_ok);
  }

 private:
  std::array<uint8_t, SRTP_MAX_KEY_LEN> master_{};
  srtp_policy_t policy_{};
  srtp_t session_ = nullptr;
};

// libsrtp2 estimates the index itself from the newest that it has seen of an SSRC, and has its own
// replay window. `newest_` repeats what it has seen, so that we know when its estimate would not be
// the index given: then its stream is made anew at the right roll-over counter. In a call that
// never happens; it does with state carried over from another protector. RTP and RTCP have sessions
// of their own, so that a stream made anew does not restart its SRTCP index.
class Libsrtp2Protector final : public Protector {
 public:
  Libsrtp2Protector(const SrtpKeys& keys, SrtpDirection direction)
      : sizes_(SizesOf(keys.profile)), rtp_(keys, direction), rtcp_(keys, direction) {}

  Result ProtectRtp(std::span<uint8_t> buffer, std::size_t size, uint64_t index) override {
    if (size > buffer.size() || buffer.size() - size < sizes_.rtp_overhead) {
      return Unexpected(DropReason::kTooLarge);
    }
    return Rtp(&srtp_protect, buffer, size, index);
  }

  Result UnprotectRtp(std::span<uint8_t> buffer, std::size_t size, uint64_t index) override {
    const auto header = RtpHeaderSizeOf(buffer.first(std::min(size, buffer.size())));
    if (size > buffer.size() || !header || size < *header + sizes_.rtp_overhead) {
      return Unexpected(DropReason::kTruncated);
    }
    return Rtp(&srtp_unprotect, buffer, size, index);
  }

  Result ProtectRtcp(std::span<uint8_t> buffer, std::size_t size, uint32_t index) override {
    if (size > buffer.size() || buffer.size() - size < sizes_.rtcp_overhead) {
      return Unexpected(DropReason::kTooLarge);
    }
    const auto ssrc = RtcpSenderOf(buffer.first(size));
    if (!ssrc) return Unexpected(DropReason::kMalformed);
    if (!SkipTo(*ssrc, index)) return Unexpected(DropReason::kUnsupported);
    int length = static_cast<int>(size);
    const auto status = srtp_protect_rtcp(rtcp_.get(), buffer.data(), &length);
    if (status != srtp_err_status_ok) return Unexpected(ReasonOf(status));
    last_rtcp_[*ssrc] = index;
    return static_cast<std::size_t>(length);
  }

  Result UnprotectRtcp(std::span<uint8_t> buffer, std::size_t size) override {
    if (size > buffer.size() || size < kRtcpHeaderSize + sizes_.rtcp_overhead) {
      return Unexpected(DropReason::kTruncated);
    }
    const auto ssrc = RtcpSenderOf(buffer);
    if (!ssrc) return Unexpected(DropReason::kMalformed);
    int length = static_cast<int>(size);
    auto status = srtp_unprotect_rtcp(rtcp_.get(), buffer.data(), &length);
    if (IsReplay(status)) {  // its window, not ours, and it has not touched the packet yet
      rtcp_.Forget(*ssrc);
      length = static_cast<int>(size);
      status = srtp_unprotect_rtcp(rtcp_.get(), buffer.data(), &length);
    }
    if (status != srtp_err_status_ok) return Unexpected(ReasonOf(status));
    return static_cast<std::size_t>(length);
  }

 private:
  using Operation = srtp_err_status_t (*)(srtp_t, void*, int*);

  Result Rtp(Operation operation, std::span<uint8_t> buffer, std::size_t size, uint64_t index) {
    const auto identity = RtpIdentityOf(buffer.first(size));
    if (!identity) return Unexpected(DropReason::kMalformed);
    STELLWERK_CHECK((index & 0xFFFF) == identity->sequence_number.value());
    const Ssrc ssrc = identity->ssrc;
    const auto seen = newest_.find(ssrc);
    const auto newest =
        seen == newest_.end() ? std::nullopt : std::optional<uint64_t>(seen->second);

    bool anew = !WouldEstimate(newest, index);
    if (anew) rtp_.StartAt(ssrc, static_cast<uint32_t>(index >> 16));
    int length = static_cast<int>(size);
    auto status = operation(rtp_.get(), buffer.data(), &length);
    if (IsReplay(status)) {  // its window, not ours, and it has not touched the packet yet
      anew = true;
      rtp_.StartAt(ssrc, static_cast<uint32_t>(index >> 16));
      length = static_cast<int>(size);
      status = operation(rtp_.get(), buffer.data(), &length);
    }
    if (status != srtp_err_status_ok) {
      if (anew) {
        rtp_.Forget(ssrc);
        newest_.erase(ssrc);
      }
      return Unexpected(ReasonOf(status));
    }
    newest_[ssrc] = anew ? index : std::max(newest.value_or(0), index);
    return static_cast<std::size_t>(length);
  }

  // Whether libsrtp2 would come to `index` by itself, and not find it too old.
  static bool WouldEstimate(std::optional<uint64_t> newest, uint64_t index) {
    constexpr uint64_t kHalf = 1U << 15;
    constexpr uint64_t kFirstRollOver = 1U << 16;
    if (!newest) return index < kFirstRollOver;
    // Below half of the number space it never thinks of another roll-over counter than zero.
    if (*newest <= kHalf && index >= kFirstRollOver) return false;
    return index > *newest ? index - *newest < kHalf - 1 : *newest - index < PacketWindow::kSize;
  }

  // Brings libsrtp2's SRTCP index, which counts from 1, to just before `index`.
  bool SkipTo(Ssrc ssrc, uint32_t index) {
    uint32_t& last = last_rtcp_[ssrc];
    if (index <= last) {
      rtcp_.Forget(ssrc);
      last = 0;
    }
    if (index == 0 || index - last > kMaxSrtcpSkip) return false;
    while (last + 1 < index) {
      const uint32_t value = ssrc.value();
      std::array<uint8_t, kRtcpHeaderSize + kMaxSrtpOverhead> scratch = {
          0x80,
          201,
          0,
          1,
          static_cast<uint8_t>(value >> 24),
          static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8),
          static_cast<uint8_t>(value)};
      int length = kRtcpHeaderSize;
      if (srtp_protect_rtcp(rtcp_.get(), scratch.data(), &length) != srtp_err_status_ok)
        return false;
      ++last;
    }
    return true;
  }

  SrtpProfileSizes sizes_;
  Session rtp_;
  Session rtcp_;
  absl::flat_hash_map<Ssrc, uint64_t> newest_;     // the newest RTP index that libsrtp2 has seen
  absl::flat_hash_map<Ssrc, uint32_t> last_rtcp_;  // the last SRTCP index that it sent
};

}  // namespace

std::unique_ptr<Protector> MakeLibsrtp2Protector(const SrtpKeys& keys, SrtpDirection direction) {
  InitLibraryOnce();
  return std::make_unique<Libsrtp2Protector>(keys, direction);
}

}  // namespace stellwerk
