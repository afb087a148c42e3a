#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

// Numeric addresses of this host's interfaces: without loopback (unless there is nothing else) and
// link-local ones, IPv6 only if wanted.
std::vector<std::string> LocalAddresses(bool with_v6);

// Where media listens unless the configuration says: at the page's address, and everywhere if that
// stands for all addresses, or if it is loopback while other addresses are announced: what is sent
// to those never gets to loopback.
std::vector<std::string> DefaultMediaAddresses(const std::string& listen, bool announces);

// Whether the address stands for all addresses of the host: 0.0.0.0 or ::.
bool IsUnspecified(std::string_view ip);

}  // namespace stellwerk
