#include "worker/worker_options.h"

#include <algorithm>

namespace stellwerk {

absl::StatusOr<AnnouncedAddress> ParseAnnouncedAddress(std::string_view text) {
  if (const auto ip = IpAddress::Parse(text)) return AnnouncedAddress{*ip, std::nullopt};
  if (const auto address = SocketAddress::Parse(text); address && address->port != 0) {
    return AnnouncedAddress{address->ip, address->port};
  }
  return absl::InvalidArgumentError(
      std::string(text) + " is not an address (192.0.2.1, 192.0.2.1:40000, 2001:db8::1, " +
      "[2001:db8::1]:40000)");
}

}  // namespace stellwerk
