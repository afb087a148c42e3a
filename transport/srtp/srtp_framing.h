#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "transport/srtp/cipher_keys.h"

namespace stellwerk {

// Where in a packet what lies: the checks that every transform needs before it may touch a byte.
// `payload` is what gets encrypted, all before it stays in the clear.
struct RtpFrame {
  Ssrc ssrc;
  std::span<const uint8_t> header;
  std::span<uint8_t> payload;
};
// A plain packet in the first `size` bytes of `buffer`, which has room for `overhead` more. A
// sequence number that is not that of `index` is a bug. kTooLarge, kMalformed.
Expected<RtpFrame, DropReason> FramePlainRtp(std::span<uint8_t> buffer, std::size_t size,
                                             uint64_t index, std::size_t overhead);
// A protected one; `payload` ends before the `overhead` bytes of tag. kTruncated, kMalformed.
Expected<RtpFrame, DropReason> FrameProtectedRtp(std::span<uint8_t> buffer, std::size_t size,
                                                 uint64_t index, std::size_t overhead);

struct RtcpFrame {
  Ssrc ssrc;
  std::span<const uint8_t> header;
  std::span<uint8_t> payload;
  uint32_t index = 0;  // of a protected packet
};
Expected<RtcpFrame, DropReason> FramePlainRtcp(std::span<uint8_t> buffer, std::size_t size,
                                               std::size_t overhead);
// The index lies `tag_after_index` bytes before the end. RFC 3711 §3.4 lets a sender leave RTCP
// unencrypted; nobody who negotiated these profiles does, and here it is kSrtpAuthFailed.
Expected<RtcpFrame, DropReason> FrameProtectedRtcp(std::span<uint8_t> buffer, std::size_t size,
                                                   std::size_t overhead,
                                                   std::size_t tag_after_index);

}  // namespace stellwerk
