#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

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

// Writes the subscriber's own part of RTP packets. What stays the same from packet to packet is
// worked out once.
class SlotHeader {
 public:
  // Writes into out.prefix, and says what of the shared payload follows it. False if it does not
  // fit. `mid` and `extensions` are the same in every call.
  bool Write(const SlotHeaderFields& fields, const Mid& mid, const RtpExtensionIds& extensions,
             OutgoingRtp& out);

 private:
  // The fixed header and the extensions of a packet with nothing of its source in them: they differ
  // from its successor's in marker, number and timestamp.
  struct Template {
    static constexpr std::size_t kMaxSize = 48;
    std::array<uint8_t, kMaxSize> bytes{};
    uint8_t size = 0;  // 0: there is none
    bool with_mid = false;
    PayloadType payload_type;
    ProducerId source;
    uint16_t transport_cc_offset = OutgoingRtp::kNoOffset;
    uint16_t abs_send_time_offset = OutgoingRtp::kNoOffset;
  };

  [[nodiscard]] bool TemplateFits(const SlotHeaderFields& fields) const;
  std::size_t WriteFromTemplate(const SlotHeaderFields& fields, OutgoingRtp& out) const;
  void KeepAsTemplate(const SlotHeaderFields& fields, std::size_t size, const OutgoingRtp& out);

  Template template_;
};

}  // namespace stellwerk
