#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/byte_writer.h"
#include "transport/srtp/cipher_keys.h"
#include "transport/srtp/protector.h"
#include "transport/srtp/secret.h"
#include "transport/srtp/srtp_framing.h"

namespace stellwerk {

// AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714) on a `Gcm`, which is one expanded key:
//   Gcm(std::span<const uint8_t> key, SrtpDirection)
//   void Seal(const GcmNonce&, associated data, data in place, std::span<uint8_t, 16> tag)
//   bool Open(the same, with the tag received): whether it was authentic
template <typename Gcm>
class GcmProtector final : public Protector {
 public:
  GcmProtector(const SrtpKeys& keys, SrtpDirection direction)
      : rtp_(CipherKeys(keys, SrtpPacketKind::kRtp), direction),
        rtcp_(CipherKeys(keys, SrtpPacketKind::kRtcp), direction) {}

  Expected<std::size_t, DropReason> ProtectRtp(std::span<uint8_t> buffer, std::size_t size,
                                               uint64_t index) override {
    const auto frame = FramePlainRtp(buffer, size, index, kGcmTagSize);
    if (!frame) return Unexpected(frame.error());
    rtp_.gcm.Seal(rtp_.Nonce(frame->ssrc, index), frame->header, frame->payload,
                  TagAt(buffer, size));
    return size + kGcmTagSize;
  }

  Expected<std::size_t, DropReason> UnprotectRtp(std::span<uint8_t> buffer, std::size_t size,
                                                 uint64_t index) override {
    const auto frame = FrameProtectedRtp(buffer, size, index, kGcmTagSize);
    if (!frame) return Unexpected(frame.error());
    const std::size_t plain = size - kGcmTagSize;
    if (!rtp_.gcm.Open(rtp_.Nonce(frame->ssrc, index), frame->header, frame->payload,
                       TagAt(buffer, plain))) {
      return Unexpected(DropReason::kSrtpAuthFailed);
    }
    return plain;
  }

  Expected<std::size_t, DropReason> ProtectRtcp(std::span<uint8_t> buffer, std::size_t size,
                                                uint32_t index) override {
    const auto frame = FramePlainRtcp(buffer, size, kRtcpOverhead);
    if (!frame) return Unexpected(frame.error());
    const auto associated = Associated(frame->header, index);
    rtcp_.gcm.Seal(rtcp_.Nonce(frame->ssrc, index), associated, frame->payload,
                   TagAt(buffer, size));
    std::copy(associated.begin() + kRtcpHeaderSize, associated.end(),
              buffer.subspan(size + kGcmTagSize).begin());
    return size + kRtcpOverhead;
  }

  Expected<std::size_t, DropReason> UnprotectRtcp(std::span<uint8_t> buffer,
                                                  std::size_t size) override {
    const auto frame = FrameProtectedRtcp(buffer, size, kRtcpOverhead, 0);
    if (!frame) return Unexpected(frame.error());
    const std::size_t plain = size - kRtcpOverhead;
    if (!rtcp_.gcm.Open(rtcp_.Nonce(frame->ssrc, frame->index),
                        Associated(frame->header, frame->index), frame->payload,
                        TagAt(buffer, plain))) {
      return Unexpected(DropReason::kSrtpAuthFailed);
    }
    return plain;
  }

 private:
  static constexpr std::size_t kRtcpOverhead = kGcmTagSize + kSrtcpIndexSize;

  struct Half {
    Half(const CipherKeys& keys, SrtpDirection direction) : gcm(keys.key(), direction) {
      *salt = keys.salt();
    }
    [[nodiscard]] GcmNonce Nonce(Ssrc ssrc, uint64_t index) const {
      return MakeGcmNonce(*salt, ssrc, index);
    }
    Secret<SrtpSalt> salt;
    Gcm gcm;
  };

  static std::span<uint8_t, kGcmTagSize> TagAt(std::span<uint8_t> buffer, std::size_t offset) {
    return buffer.subspan(offset).first<kGcmTagSize>();
  }
  // RFC 7714 §9.3: the clear header, and the word with the index, which ends the packet.
  static std::array<uint8_t, kRtcpHeaderSize + kSrtcpIndexSize> Associated(
      std::span<const uint8_t> header, uint32_t index) {
    std::array<uint8_t, kRtcpHeaderSize + kSrtcpIndexSize> result;
    ByteWriter writer(result);
    writer.WriteBytes(header);
    writer.WriteU32(kSrtcpEncrypted | index);
    return result;
  }

  Half rtp_;
  Half rtcp_;
};

}  // namespace stellwerk
