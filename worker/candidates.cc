#include "worker/candidates.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>

namespace stellwerk {
namespace {

// RFC 8445 §5.1.2.1: host candidates 126. RFC 6544 §4.2: TCP below UDP, so that it is the last
// resort.
constexpr uint32_t kUdpTypePreference = 126;
constexpr uint32_t kTcpTypePreference = 90;
// RFC 6544 §4.2: the direction preference of passive is 4, in the upper 3 bits of the local
// preference.
constexpr uint32_t kPassiveDirection = 4;
constexpr uint32_t kComponentRtp = 1;

uint32_t Priority(CandidateProtocol protocol, std::size_t rank) {
  const auto preference = static_cast<uint32_t>(8191 - std::min<std::size_t>(rank, 8191));
  if (protocol == CandidateProtocol::kUdp) {
    return kUdpTypePreference << 24 | (57'344 + preference) << 8 | (256 - kComponentRtp);
  }
  return kTcpTypePreference << 24 | (kPassiveDirection << 13 | preference) << 8 |
         (256 - kComponentRtp);
}

std::optional<IpAddress> FromSockaddr(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof(in));
    std::array<uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return IpAddress::V4(bytes);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof(in));
    std::array<uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    // Link-local addresses mean nothing without a zone, which candidates have not.
    if (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) return std::nullopt;
    return IpAddress::V6(bytes);
  }
  return std::nullopt;
}

class CandidateList {
 public:
  void Add(CandidateProtocol protocol, const IpAddress& ip, uint16_t port) {
    const std::string address = ip.ToText();
    const auto same = [&](const Candidate& other) {
      return other.protocol == protocol && other.address == address && other.port == port;
    };
    if (std::any_of(candidates_.begin(), candidates_.end(), same)) return;
    // RFC 8445 §5.1.1.3: another base or another protocol is another foundation.
    candidates_.push_back({.foundation = std::to_string(candidates_.size() + 1),
                           .protocol = protocol,
                           .priority = Priority(protocol, candidates_.size()),
                           .address = address,
                           .port = port});
  }
  std::vector<Candidate> Take() && { return std::move(candidates_); }

 private:
  std::vector<Candidate> candidates_;
};

}  // namespace

std::vector<IpAddress> InterfaceAddresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  std::vector<IpAddress> usual;
  std::vector<IpAddress> loopback;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const auto ip = FromSockaddr(entry->ifa_addr);
    if (!ip || (entry->ifa_flags & IFF_UP) == 0) continue;
    ((entry->ifa_flags & IFF_LOOPBACK) != 0 ? loopback : usual).push_back(*ip);
  }
  return usual.empty() ? loopback : usual;
}

std::vector<Candidate> MakeCandidates(std::span<const SocketAddress> udp,
                                      std::span<const SocketAddress> tcp,
                                      std::span<const AnnouncedAddress> announce,
                                      std::span<const IpAddress> interfaces) {
  CandidateList list;
  const auto add = [&](CandidateProtocol protocol, std::span<const SocketAddress> bound) {
    for (const AnnouncedAddress& announced : announce) {
      for (const SocketAddress& address : bound) {
        // Without a port of its own an announced address stands for a bound one of its family. An
        // IPv6 socket may take IPv4 too, so it is the second choice and not refused.
        if (announced.port) {
          list.Add(protocol, announced.ip, *announced.port);
        } else if (address.ip.is_v6() == announced.ip.is_v6() || bound.size() == 1) {
          list.Add(protocol, announced.ip, address.port);
        }
      }
    }
    if (!announce.empty()) return;
    for (const SocketAddress& address : bound) {
      if (!address.ip.is_unspecified()) {
        list.Add(protocol, address.ip, address.port);
        continue;
      }
      for (const IpAddress& ip : interfaces) {
        if (ip.is_v6() == address.ip.is_v6()) list.Add(protocol, ip, address.port);
      }
    }
  };
  add(CandidateProtocol::kUdp, udp);
  add(CandidateProtocol::kTcpPassive, tcp);
  return std::move(list).Take();
}

}  // namespace stellwerk
