#pragma once

#include <optional>

#include "rtc/base/outbox.h"
#include "rtc/base/units.h"
#include "rtc/bwe/probe_cluster.h"

namespace stellwerk {

struct SentPacketInfo {
  DataSize size;  // kPacketOverhead included
  RtpClass media_class = RtpClass::kVideo;
  std::optional<ProbeClusterId> probe = std::nullopt;  // that it was sent for
};

}  // namespace stellwerk
