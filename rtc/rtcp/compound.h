#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/rtcp/bye.h"
#include "rtc/rtcp/fir.h"
#include "rtc/rtcp/nack.h"
#include "rtc/rtcp/pli.h"
#include "rtc/rtcp/receiver_report.h"
#include "rtc/rtcp/remb.h"
#include "rtc/rtcp/sdes.h"
#include "rtc/rtcp/sender_report.h"
#include "rtc/rtcp/transport_feedback.h"
#include "rtc/rtcp/xr.h"

namespace stellwerk {

using RtcpMessage = std::variant<SenderReport, ReceiverReport, Sdes, Bye, Nack, Pli, Fir, Remb,
                                 TransportFeedback, Xr>;

struct RtcpCompound {
  absl::InlinedVector<RtcpMessage, 2> messages;  // in the order of the datagram
  uint32_t unknown = 0;                          // packets of types or formats that we do not know
  uint32_t malformed =
      0;  // packets of a known type that break its format; the others are still used
};

// Parses a compound (RFC 3550 §6.1) or reduced-size (RFC 5506) datagram. An error means that its
// framing is broken and nothing of it can be trusted (RFC 3550 §A.2).
Expected<RtcpCompound, DropReason> ParseRtcp(std::span<const uint8_t> datagram);

// The messages one after another, as the bytes of one datagram. The order is the caller's: RFC 3550
// §6.1 wants a report first and an SDES with the CNAME, except in reduced-size packets. Empty if
// they don't fit `max_size`.
std::vector<uint8_t> SerializeRtcp(std::span<const RtcpMessage> messages,
                                   std::size_t max_size = 1200);

}  // namespace stellwerk
