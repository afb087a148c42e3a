#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/base/units.h"
#include "transport/base/socket_address.h"

namespace stellwerk {

// An address to tell clients instead of our own, for hosts behind NAT.
struct AnnouncedAddress {
  IpAddress ip;
  std::optional<uint16_t> port;  // nullopt: the port that we are bound to
  friend bool operator==(const AnnouncedAddress&, const AnnouncedAddress&) = default;
};
// "192.0.2.1", "192.0.2.1:40000", "2001:db8::1", "[2001:db8::1]:40000".
absl::StatusOr<AnnouncedAddress> ParseAnnouncedAddress(std::string_view text);

struct WorkerOptions {
  std::string control_path;
  std::vector<IpAddress> rtc_addresses;    // UDP and TCP on each
  uint16_t rtc_port = 0;                   // 0: the kernel chooses
  std::vector<AnnouncedAddress> announce;  // empty: the addresses that we are bound to
  // How long the packets of a video frame to a subscriber wait for each other at most, so that they
  // can leave in one call; zero: not at all.
  TimeDelta gather = std::chrono::milliseconds(1);
  // How long it lives without a controller.
  TimeDelta orphan_timeout = std::chrono::minutes(10);
};

}  // namespace stellwerk
