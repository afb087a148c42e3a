#include "transport/base/kernel_address.h"

#include <algorithm>
#include <cstring>

namespace stellwerk {

KernelAddress ToKernel(const SocketAddress& address) {
  KernelAddress kernel;
  // Copied in whole, because a sockaddr_storage may not be looked at as another type.
  if (address.ip.is_v6()) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&v6.sin6_addr, address.ip.bytes().data(), 16);
    std::memcpy(&kernel.storage, &v6, sizeof(v6));
    kernel.size = sizeof(v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.ip.bytes().data(), 4);
    std::memcpy(&kernel.storage, &v4, sizeof(v4));
    kernel.size = sizeof(v4);
  }
  return kernel;
}

std::optional<SocketAddress> FromKernel(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof(v4));
    return SocketAddress{.ip = FromKernel(v4.sin_addr), .port = ntohs(v4.sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof(v6));
    return SocketAddress{.ip = FromKernel(v6.sin6_addr), .port = ntohs(v6.sin6_port)};
  }
  return std::nullopt;
}

IpAddress FromKernel(const in_addr& address) {
  std::array<uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &address, bytes.size());
  return IpAddress::V4(bytes);
}

IpAddress FromKernel(const in6_addr& address) {
  std::array<uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &address, bytes.size());
  return IpAddress::V6(bytes);
}

}  // namespace stellwerk
