#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/sequence_number.h"

namespace stellwerk {

// RFC 4588 §4: the payload of a retransmission is the original sequence number, then the original
// payload.
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                         RTP header of the RTX stream          |
//  |            OSN                |  original RTP packet payload  |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
struct RtxPayload {
  static constexpr std::size_t kHeaderSize = 2;

  SeqNum original_sequence_number;
  std::span<const uint8_t> original_payload;

  // `payload` is that of an RTX packet without padding. kTruncated if it has no OSN: a packet whose
  // payload is empty is padding (browsers probe with it), which the caller recognises before.
  static Expected<RtxPayload, DropReason> Parse(std::span<const uint8_t> payload);
};

// The two bytes between header and payload of a retransmission.
void WriteOriginalSequenceNumber(ByteWriter& out, SeqNum original);

// Turns the RTX packet in `packet` into the packet that was lost, in place: original sequence
// number, `ssrc` and `payload_type` of the media stream, no padding. Timestamp, marker, CSRCs and
// extensions are those of the RTX packet (RFC 4588 §4). Returns the new size, which is smaller.
Expected<std::size_t, DropReason> UnwrapRtx(std::span<uint8_t> packet, Ssrc ssrc,
                                            PayloadType payload_type);

}  // namespace stellwerk
