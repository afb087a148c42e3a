#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

// Numeric addresses of this host's interfaces: without loopback (unless there is nothing else) and
// link-local ones, IPv6 only if wanted.
std::vector<std::string> LocalAddresses(bool with_v6);

// Whether the address stands for all addresses of the host: 0.0.0.0 or ::.
bool IsUnspecified(std::string_view ip);

}  // namespace stellwerk
