#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/byte_writer.h"
#include "transport/srtp/cipher_keys.h"
#include "transport/srtp/hmac_sha1.h"
#include "transport/srtp/protector.h"
#include "transport/srtp/secret.h"
#include "transport/srtp/srtp_framing.h"

namespace stellwerk {

// AES_CM_128_HMAC_SHA1_80 (RFC 3711 §4) on a `Ctr`, which is one expanded key:
//   Ctr(std::span<const uint8_t> key)
//   void Apply(const CmCounter&, data in place)
template <typename Ctr>
class CmProtector : public Protector {
 public:
  CmProtector(const SrtpKeys& keys, SrtpDirection /*direction*/)
      : rtp_(CipherKeys(keys, SrtpPacketKind::kRtp)),
        rtcp_(CipherKeys(keys, SrtpPacketKind::kRtcp)) {}

  Expected<std::size_t, DropReason> ProtectRtp(std::span<uint8_t> buffer, std::size_t size,
                                               uint64_t index) override {
    const auto frame = FramePlainRtp(buffer, size, index, kCmTagSize);
    if (!frame) return Unexpected(frame.error());
    rtp_.Apply(frame->ssrc, index, frame->payload);
    const auto mac = rtp_.hmac.Compute(buffer.first(size), RollOver(index));
    std::copy_n(mac.begin(), kCmTagSize, buffer.subspan(size).begin());
    return size + kCmTagSize;
  }

  // RFC 3711 §3.3: authentication comes first.
  Expected<std::size_t, DropReason> UnprotectRtp(std::span<uint8_t> buffer, std::size_t size,
                                                 uint64_t index) override {
    const auto frame = FrameProtectedRtp(buffer, size, index, kCmTagSize);
    if (!frame) return Unexpected(frame.error());
    const std::size_t plain = size - kCmTagSize;
    const auto mac = rtp_.hmac.Compute(buffer.first(plain), RollOver(index));
    if (!AreEqualInConstantTime(std::span(mac).first(kCmTagSize),
                                buffer.subspan(plain, kCmTagSize)))
      return Unexpected(DropReason::kSrtpAuthFailed);
    rtp_.Apply(frame->ssrc, index, frame->payload);
    return plain;
  }

  Expected<std::size_t, DropReason> ProtectRtcp(std::span<uint8_t> buffer, std::size_t size,
                                                uint32_t index) override {
    const auto frame = FramePlainRtcp(buffer, size, kRtcpOverhead);
    if (!frame) return Unexpected(frame.error());
    rtcp_.Apply(frame->ssrc, index, frame->payload);
    ByteWriter writer(buffer.subspan(size, kSrtcpIndexSize));
    writer.WriteU32(kSrtcpEncrypted | index);
    const std::size_t authenticated = size + kSrtcpIndexSize;
    const auto mac = rtcp_.hmac.Compute(buffer.first(authenticated));
    std::copy_n(mac.begin(), kCmTagSize, buffer.subspan(authenticated).begin());
    return size + kRtcpOverhead;
  }

  Expected<std::size_t, DropReason> UnprotectRtcp(std::span<uint8_t> buffer,
                                                  std::size_t size) override {
    const auto frame = FrameProtectedRtcp(buffer, size, kRtcpOverhead, kCmTagSize);
    if (!frame) return Unexpected(frame.error());
    const std::size_t authenticated = size - kCmTagSize;
    const auto mac = rtcp_.hmac.Compute(buffer.first(authenticated));
    if (!AreEqualInConstantTime(std::span(mac).first(kCmTagSize),
                                buffer.subspan(authenticated, kCmTagSize)))
      return Unexpected(DropReason::kSrtpAuthFailed);
    rtcp_.Apply(frame->ssrc, frame->index, frame->payload);
    return size - kRtcpOverhead;
  }

 protected:
  struct Half {
    explicit Half(const CipherKeys& keys) : ctr(keys.key()), hmac(keys.auth()) {
      *salt = keys.salt();
    }
    void Apply(Ssrc ssrc, uint64_t index, std::span<uint8_t> payload) {
      ctr.Apply(MakeCmCounter(*salt, ssrc, index), payload);
    }
    Secret<SrtpSalt> salt;
    Ctr ctr;
    HmacSha1 hmac;
  };
  // RFC 3711 §4.2: what follows the packet in what is authenticated.
  static std::array<uint8_t, 4> RollOver(uint64_t index) {
    std::array<uint8_t, 4> result;
    ByteWriter writer(result);
    writer.WriteU32(static_cast<uint32_t>(index >> 16));
    return result;
  }
  [[nodiscard]] Half& rtp() { return rtp_; }

 private:
  static constexpr std::size_t kRtcpOverhead = kSrtcpIndexSize + kCmTagSize;

  Half rtp_;
  Half rtcp_;
};

}  // namespace stellwerk
