// What goes over a slot's RTX stream: answers to NACKs, and padding for probes.
#include <algorithm>

#include "rtc/consumer/consumer.h"

namespace stellwerk {
namespace {

// How far back padding looks for packets worth repeating.
constexpr int64_t kPaddingCandidates = 64;
// A padding-only packet that is much smaller than this costs more in headers than it brings.
constexpr int64_t kMinPadding = 50;
// RFC 3550 §5.1: the padding's size is one byte.
constexpr int64_t kMaxPadding = 255;

}  // namespace

OutgoingRtp* Consumer::EmitRtx(const SentLog::Entry& entry, HistoryLookup history, RtcOutbox& out) {
  const CodecParameters& codec = parameters_.codecs[entry.codec];
  if (!parameters_.rtx_ssrc || !codec.rtx_payload_type) return nullptr;
  std::optional<SourcePacket> packet;
  if (!entry.filler) {
    packet = history(entry.producer, entry.encoding, ExtendedSeqNum(entry.source_seq));
    if (!packet) return nullptr;
  }
  const SlotHeaderFields fields{.payload_type = *codec.rtx_payload_type,
                                .ssrc = *parameters_.rtx_ssrc,
                                .seq = SeqNum(rtx_sequence_),
                                .timestamp = entry.timestamp,
                                .marker = entry.marker,
                                .with_mid = !mid_known_,
                                .source = entry.producer,
                                .packet = packet ? &*packet : nullptr,
                                .frame = entry.frame,
                                .rewrites_payload = entry.rewrites_payload,
                                .original_sequence_number = ToSeqNum(ExtendedSeqNum(entry.output))};
  OutgoingRtp* rtp = Emit(fields, RtpClass::kPadding, out);
  if (rtp != nullptr) ++rtx_sequence_;
  return rtp;
}

OutgoingRtp* Consumer::EmitPadding(uint8_t size, RtcOutbox& out) {
  const auto codec = static_cast<std::size_t>(std::max<int8_t>(run_codec_, 0));
  if (codec >= parameters_.codecs.size() || !source_) return nullptr;
  const auto payload_type = parameters_.codecs[codec].rtx_payload_type;
  if (!parameters_.rtx_ssrc || !payload_type) return nullptr;
  const SlotHeaderFields fields{.payload_type = *payload_type,
                                .ssrc = *parameters_.rtx_ssrc,
                                .seq = SeqNum(rtx_sequence_),
                                .timestamp = timestamps_.newest(),
                                .with_mid = !mid_known_,
                                .source = *source_,
                                .packet = nullptr,
                                .frame = {},
                                .original_sequence_number = std::nullopt};
  OutgoingRtp* rtp = Emit(fields, RtpClass::kPadding, out);
  if (rtp == nullptr) return nullptr;
  rtp->padding = size;
  ++rtx_sequence_;
  return rtp;
}

DataSize Consumer::MakePadding(DataSize wanted, HistoryLookup history, RtcOutbox& out) {
  int64_t made = 0;
  if (!enabled_) return DataSize();
  const auto count = [&](const OutgoingRtp* rtp) {
    if (rtp == nullptr) return false;
    out.rtp.back().media_class = RtpClass::kPadding;
    made += static_cast<int64_t>(rtp->wire_size());
    return true;
  };
  // The newest first: what a receiver may still be missing is the most useful.
  const int64_t newest = has_sent() ? sequence_.newest_output() : 0;
  const int64_t oldest = has_sent() ? newest - kPaddingCandidates : newest;
  for (int64_t output = newest; output > oldest && made < wanted.bytes(); --output) {
    const SentLog::Entry* entry = sent_.Find(output);
    // Half a packet too much is as near as half a packet too little.
    if (entry == nullptr || entry->filler || entry->size / 2 > wanted.bytes() - made) continue;
    count(EmitRtx(*entry, history, out));
  }
  while (wanted.bytes() - made >= kMinPadding) {
    const int64_t size = std::min(wanted.bytes() - made, kMaxPadding);
    if (!count(EmitPadding(static_cast<uint8_t>(size), out))) break;
  }
  counters_.padding_bytes += static_cast<uint64_t>(made);
  return DataSize::Bytes(made);
}

}  // namespace stellwerk
