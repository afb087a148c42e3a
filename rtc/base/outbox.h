#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "rtc/base/delay_counters.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/ids.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"

// What the media plane wants sent or told. Aggregates append to it; worker/packet_path drains it
// once per received batch and knows how to reach the transports.
namespace stellwerk {

// How urgent, and how to be counted.
enum class RtpClass : uint8_t { kAudio, kVideo, kRetransmission, kPadding };

// What an RTP packet takes on the link beyond its own bytes: IPv4 and UDP headers and an AEAD tag.
// Rates of layers, estimates and pacing include it, so that they are those of the link.
inline constexpr DataSize kPacketOverhead = DataSize::Bytes(20 + 8 + 16);

// One RTP packet to send, still in parts: everything that is this subscriber's own (RTP header,
// extensions, rewritten payload descriptor, an RTX packet's original sequence number) is in
// `prefix`, the shared payload is referenced. On the wire: prefix | payload | padding.
struct OutgoingRtp {
  static constexpr std::size_t kMaxPrefix = 256;
  static constexpr uint16_t kNoOffset = 0;

  // Leaves the prefix as it is: there is one of these per packet, and most of it is never used.
  OutgoingRtp() {}

  TransportId transport;
  Ssrc ssrc;
  RtpClass media_class = RtpClass::kVideo;
  bool marker = false;  // last packet of a frame: send what has been gathered
  uint8_t padding = 0;  // bytes of RTP padding to append (the P bit is already set in the prefix)
  uint16_t prefix_size = 0;
  uint16_t payload_offset = 0;  // into payload_packet
  uint16_t payload_size = 0;
  // Where in the prefix the two-byte transport-wide sequence number goes at flush; kNoOffset = not
  // negotiated.
  uint16_t transport_cc_offset = kNoOffset;
  // Where the three-byte abs-send-time goes at flush; kNoOffset = not negotiated.
  uint16_t abs_send_time_offset = kNoOffset;
  // When it came in, if it is forwarded at once: to measure what we add. Zero: not to be measured.
  Timestamp arrival{};
  PacketRef payload_packet;  // may be empty when payload_size is 0
  std::array<uint8_t, kMaxPrefix> prefix;

  [[nodiscard]] std::span<const uint8_t> prefix_bytes() const {
    return std::span(prefix).first(prefix_size);
  }
  [[nodiscard]] std::span<const uint8_t> payload() const {
    if (payload_size == 0) return {};
    return payload_packet.bytes().subspan(payload_offset, payload_size);
  }
  [[nodiscard]] std::size_t wire_size() const {
    return std::size_t{prefix_size} + payload_size + padding;
  }
};

// One compound RTCP packet to send, plaintext.
struct OutgoingRtcp {
  TransportId transport;
  std::vector<uint8_t> bytes;
};

// A `loudest` slot now carries another producer (ProducerId 0 = none).
struct ConsumerSourceChanged {
  ConsumerId consumer;
  ProducerId producer;
};
// The producers of a router in order of loudness, the loudest first; empty = silence. At most a few
// times a second.
struct ActiveSpeakersChanged {
  RouterId router;
  std::vector<ProducerId> loudest;
};
// A producer's media began to arrive, or has stopped for a while.
struct ProducerActivityChanged {
  ProducerId producer;
  bool active = false;
};
// A slot can't carry its source: no common codec (codec_unsupported in the signalling).
struct ConsumerCodecUnsupported {
  ConsumerId consumer;
  ProducerId producer;
};
// Which encodings of a simulcast producer somebody watches, a bit each; the publisher may pause the
// others. Comes when that changes: additions at once, removals after a while.
struct ProducerEncodingsWanted {
  ProducerId producer;
  uint32_t encodings = 0;
};
using RtcEvent = std::variant<ConsumerSourceChanged, ActiveSpeakersChanged, ProducerActivityChanged,
                              ConsumerCodecUnsupported, ProducerEncodingsWanted>;

struct RtcOutbox {
  std::vector<OutgoingRtp> rtp;
  std::vector<OutgoingRtcp> rtcp;
  std::vector<RtcEvent> events;
  DropCounters drops;
  PacingCounters pacing;

  // Empties the lists and keeps their memory; the counters stay.
  void Clear() {
    rtp.clear();
    rtcp.clear();
    events.clear();
  }
};

}  // namespace stellwerk
