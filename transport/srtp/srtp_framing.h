#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/check.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "transport/srtp/cipher_keys.h"
#include "transport/srtp/srtp_index.h"

namespace stellwerk {

// Where in a packet what lies: the checks that every transform needs before it may touch a byte.
// `payload` is what gets encrypted, all before it stays in the clear.
struct RtpFrame {
  Ssrc ssrc;
  std::span<const uint8_t> header;
  std::span<uint8_t> payload;
};
// Of a whole packet whose header has been measured.
inline Expected<RtpFrame, DropReason> FrameRtp(std::span<uint8_t> packet, std::size_t header,
                                               uint64_t index, std::size_t overhead) {
  const auto identity = RtpIdentityOf(packet);
  if (!identity) return Unexpected(DropReason::kMalformed);
  STELLWERK_CHECK((index & 0xFFFF) == identity->sequence_number.value());
  return RtpFrame{.ssrc = identity->ssrc,
                  .header = packet.first(header),
                  .payload = packet.subspan(header, packet.size() - header - overhead)};
}

// A plain packet in the first `size` bytes of `buffer`, which has room for `overhead` more. A
// sequence number that is not that of `index` is a bug. kTooLarge, kMalformed.
inline Expected<RtpFrame, DropReason> FramePlainRtp(std::span<uint8_t> buffer, std::size_t size,
                                                    uint64_t index, std::size_t overhead) {
  if (size > buffer.size() || buffer.size() - size < overhead) {
    return Unexpected(DropReason::kTooLarge);
  }
  const auto packet = buffer.first(size);
  const auto header = RtpHeaderSizeOf(packet);
  if (!header) return Unexpected(DropReason::kMalformed);
  return FrameRtp(packet, *header, index, 0);
}
// A protected one; `payload` ends before the `overhead` bytes of tag. kTruncated, kMalformed.
inline Expected<RtpFrame, DropReason> FrameProtectedRtp(std::span<uint8_t> buffer, std::size_t size,
                                                        uint64_t index, std::size_t overhead) {
  if (size > buffer.size()) return Unexpected(DropReason::kTruncated);
  const auto packet = buffer.first(size);
  const auto header = RtpHeaderSizeOf(packet);
  if (!header || size - *header < overhead) return Unexpected(DropReason::kTruncated);
  return FrameRtp(packet, *header, index, overhead);
}

struct RtcpFrame {
  Ssrc ssrc;
  std::span<const uint8_t> header;
  std::span<uint8_t> payload;
  uint32_t index = 0;  // of a protected packet
};
inline Expected<RtcpFrame, DropReason> FramePlainRtcp(std::span<uint8_t> buffer, std::size_t size,
                                                      std::size_t overhead) {
  if (size > buffer.size() || buffer.size() - size < overhead) {
    return Unexpected(DropReason::kTooLarge);
  }
  const auto packet = buffer.first(size);
  const auto ssrc = RtcpSenderOf(packet);
  if (!ssrc) return Unexpected(DropReason::kMalformed);
  return RtcpFrame{.ssrc = *ssrc,
                   .header = packet.first(kRtcpHeaderSize),
                   .payload = packet.subspan(kRtcpHeaderSize)};
}
// The index lies `tag_after_index` bytes before the end. RFC 3711 §3.4 lets a sender leave RTCP
// unencrypted; nobody who negotiated these profiles does, and here it is kSrtpAuthFailed.
inline Expected<RtcpFrame, DropReason> FrameProtectedRtcp(std::span<uint8_t> buffer,
                                                          std::size_t size, std::size_t overhead,
                                                          std::size_t tag_after_index) {
  if (size > buffer.size() || size < kRtcpHeaderSize + overhead) {
    return Unexpected(DropReason::kTruncated);
  }
  const auto packet = buffer.first(size);
  const auto ssrc = RtcpSenderOf(packet);
  const auto index = SrtcpIndexOf(packet, tag_after_index);
  const uint8_t index_word = packet[size - tag_after_index - kSrtcpIndexSize];
  if (!ssrc || !index) return Unexpected(DropReason::kMalformed);
  if ((index_word & kSrtcpEncrypted >> 24) == 0) return Unexpected(DropReason::kSrtpAuthFailed);
  return RtcpFrame{.ssrc = *ssrc,
                   .header = packet.first(kRtcpHeaderSize),
                   .payload = packet.subspan(kRtcpHeaderSize, size - kRtcpHeaderSize - overhead),
                   .index = *index};
}

}  // namespace stellwerk
