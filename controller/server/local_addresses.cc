#include "controller/server/local_addresses.h"

#include <netinet/in.h>
#include <uv.h>

#include <array>

namespace stellwerk {

std::vector<std::string> LocalAddresses(bool with_v6) {
  std::vector<std::string> addresses;
  std::vector<std::string> loopback;
  uv_interface_address_t* interfaces = nullptr;
  int count = 0;
  if (uv_interface_addresses(&interfaces, &count) != 0) return {"127.0.0.1"};
  for (int i = 0; i < count; ++i) {
    const uv_interface_address_t& entry = interfaces[i];
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (entry.address.address4.sin_family == AF_INET) {
      uv_ip4_name(&entry.address.address4, text.data(), text.size());
    } else if (with_v6 && !IN6_IS_ADDR_LINKLOCAL(&entry.address.address6.sin6_addr)) {
      uv_ip6_name(&entry.address.address6, text.data(), text.size());
    } else {
      continue;
    }
    (entry.is_internal != 0 ? loopback : addresses).emplace_back(text.data());
  }
  uv_free_interface_addresses(interfaces, count);
  return addresses.empty() ? loopback : addresses;
}

std::vector<std::string> DefaultMediaAddresses(const std::string& listen, bool announces) {
  if (IsUnspecified(listen)) return LocalAddresses(listen == "::");
  const bool loopback = listen.starts_with("127.") || listen == "::1";
  if (loopback && announces) return LocalAddresses(true);
  return {listen};
}

bool IsUnspecified(std::string_view ip) { return ip == "0.0.0.0" || ip == "::"; }

}  // namespace stellwerk
