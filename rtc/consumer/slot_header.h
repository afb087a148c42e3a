#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/outbox.h"
#include "rtc/base/sequence_number.h"
#include "rtc/consumer/frame_rewriter.h"
#include "rtc/producer/source_packet.h"

namespace stellwerk {

// What differs from packet to packet in the header of a slot.
struct SlotHeaderFields {
  PayloadType payload_type;
  Ssrc ssrc;
  SeqNum seq;
  RtpTimestamp timestamp;
  bool marker = false;
  bool with_mid = false;
  ProducerId source;                     // becomes the CSRC
  const SourcePacket* packet = nullptr;  // its extensions and descriptor; nullptr: an empty packet
  FrameNumbers frame;
  bool rewrites_payload = true;                    // `frame` goes into the payload descriptor, too
  std::optional<SeqNum> original_sequence_number;  // RFC 4588: makes it a retransmission
};

// Writes the subscriber's own part of an RTP packet into out.prefix, and what of the shared payload
// follows it. False if it does not fit.
bool WriteSlotHeader(const SlotHeaderFields& fields, const Mid& mid,
                     const RtpExtensionIds& extensions, OutgoingRtp& out);

}  // namespace stellwerk
