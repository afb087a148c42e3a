#include "rtc/rtp/rtx.h"

#include <algorithm>

#include "rtc/base/byte_reader.h"
#include "rtc/rtp/rtp_packet_view.h"

namespace stellwerk {
namespace {

constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kMarkerBit = 0x80;
constexpr std::ptrdiff_t kSsrcOffset = 8;

}  // namespace

Expected<RtxPayload, DropReason> RtxPayload::Parse(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  RtxPayload result;
  result.original_sequence_number = SeqNum(in.ReadU16());
  result.original_payload = in.rest();
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return result;
}

void WriteOriginalSequenceNumber(ByteWriter& out, SeqNum original) {
  out.WriteU16(original.value());
}

Expected<std::size_t, DropReason> UnwrapRtx(std::span<uint8_t> packet, Ssrc ssrc,
                                            PayloadType payload_type) {
  const auto view = RtpPacketView::Parse(packet);
  if (!view) return Unexpected(view.error());
  const auto payload = RtxPayload::Parse(view->payload());
  if (!payload) return Unexpected(payload.error());

  packet[0] = static_cast<uint8_t>(packet[0] & ~kPaddingBit);
  packet[1] = static_cast<uint8_t>((packet[1] & kMarkerBit) | (payload_type.value() & 0x7F));
  ByteWriter fields(packet.subspan(2, 2));
  fields.WriteU16(payload->original_sequence_number.value());
  ByteWriter source(packet.subspan(kSsrcOffset, 4));
  source.WriteU32(ssrc.value());
  const std::size_t header_size = view->header_size();
  std::copy(payload->original_payload.begin(), payload->original_payload.end(),
            packet.begin() + static_cast<std::ptrdiff_t>(header_size));
  return header_size + payload->original_payload.size();
}

}  // namespace stellwerk
