#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/rtcp_packet_view.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"

namespace stellwerk {

// draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1 (RTPFB, FMT=15): which packets of a
// transport arrived, and when.
//  |      base sequence number     |      packet status count      |
//  |                 reference time                | fb pkt. count |
//  |          packet chunk         |         packet chunk          |
//  |         packet chunk          |  recv delta   |  recv delta   |
//
// Only arrivals are listed: of the `status_count` packets from `base` on, those not in `received`
// are lost. (A message of 20 bytes can speak of 65,535 lost packets.)
struct TransportFeedback {
  static constexpr uint8_t kFormat = 15;
  // One unit of the receive deltas.
  static constexpr TimeDelta kTick = std::chrono::microseconds(250);
  // One unit of the reference time, which is a signed 24-bit number: it wraps after 12.4 days.
  static constexpr TimeDelta kReferenceTick = std::chrono::milliseconds(64);
  static constexpr TimeDelta kReferencePeriod = kReferenceTick * (1 << 24);

  struct Received {
    TransportSeqNum sequence_number;
    // On the feedback sender's clock, from an unknown epoch; a multiple of kTick. Two messages are
    // compared modulo kReferencePeriod.
    TimeDelta arrival{};
    friend bool operator==(const Received&, const Received&) = default;
  };

  Ssrc sender;
  Ssrc media;                  // any stream of the transport
  uint8_t feedback_count = 0;  // of this message; a gap means that feedback itself was lost
  TransportSeqNum base;
  uint16_t status_count = 0;
  std::vector<Received> received;  // in order of sequence numbers

  static Expected<TransportFeedback, DropReason> Parse(const RtcpPacketView& packet);
  // Writes what fits the format: see TransportFeedbackBuilder, which makes messages that do.
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const TransportFeedback&, const TransportFeedback&) = default;
};

// A packet that has come in, to be reported.
struct TransportArrival {
  TransportSeqNum sequence_number;
  Timestamp arrival;
};

// Makes the feedback for `arrivals` (sorted by sequence number, no duplicates), and reports as lost
// what is missing from `base` (the first number not reported yet; not newer than the first arrival)
// up to the last arrival. What one message can't hold goes into the next: gaps or times that
// overflow its fields, or `max_size` bytes. The feedback counts are `first_count` and upwards.
std::vector<TransportFeedback> BuildTransportFeedback(Ssrc sender, Ssrc media, uint8_t first_count,
                                                      TransportSeqNum base,
                                                      std::span<const TransportArrival> arrivals,
                                                      std::size_t max_size = 1100);

}  // namespace stellwerk
