#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "transport/base/socket_address.h"

namespace stellwerk {

// An address in the kernel's form.
struct KernelAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);
  [[nodiscard]] sockaddr* get() { return static_cast<sockaddr*>(static_cast<void*>(&storage)); }
};

[[nodiscard]] KernelAddress ToKernel(const SocketAddress& address);
// nullopt if it is neither IPv4 nor IPv6.
[[nodiscard]] std::optional<SocketAddress> FromKernel(const sockaddr_storage& storage);
[[nodiscard]] IpAddress FromKernel(const in_addr& address);
[[nodiscard]] IpAddress FromKernel(const in6_addr& address);

}  // namespace stellwerk
