#pragma once

#include <optional>

#include "rtc/base/outbox.h"
#include "rtc/base/units.h"
#include "rtc/bwe/probe_cluster.h"

namespace stellwerk {

// What an RTP packet takes on the link beyond OutgoingRtp::wire_size(): IPv4 and UDP headers and an
// AEAD tag. All sizes given to the estimator and the pacer include it, so that rates are those of
// the link.
inline constexpr DataSize kPacketOverhead = DataSize::Bytes(20 + 8 + 16);

struct SentPacketInfo {
  DataSize size;  // kPacketOverhead included
  RtpClass media_class = RtpClass::kVideo;
  std::optional<ProbeClusterId> probe = std::nullopt;  // that it was sent for
};

}  // namespace stellwerk
