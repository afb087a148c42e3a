#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "transport/base/received_datagram.h"
#include "transport/base/socket_address.h"

namespace stellwerk {

// Memory for one recvmmsg, and what it brought. Datagrams above kMaxDatagram come cut off.
class ReceiveBatch {
 public:
  static constexpr std::size_t kDatagrams = 64;

  struct Datagram {
    SocketAddress from;
    std::span<const uint8_t> bytes;
    bool truncated = false;
    std::optional<int64_t> realtime_ns = {};  // SO_TIMESTAMPNS: CLOCK_REALTIME
    std::optional<IpAddress> local = {};      // IP_PKTINFO, where it was asked for
    std::optional<uint32_t> overflows = {};  // SO_RXQ_OVFL: since the socket was made, wraps around
  };

  ReceiveBatch();

  // Switches on the stamps and counters above; `with_local` for a socket that is bound to no one
  // address.
  static void Prepare(int fd, bool is_v6, bool with_local);
  // The number of datagrams, or -errno. They are valid until the next call.
  int Receive(int fd);
  [[nodiscard]] Datagram Get(std::size_t index) const;

 private:
  // Room for a timespec, an in6_pktinfo and the overflow counter.
  static constexpr std::size_t kControl = 128;
  struct alignas(cmsghdr) Control {
    std::array<uint8_t, kControl> bytes;
  };

  std::vector<uint8_t> buffer_;
  std::array<mmsghdr, kDatagrams> headers_{};
  std::array<iovec, kDatagrams> vectors_{};
  std::array<sockaddr_storage, kDatagrams> addresses_{};
  std::array<Control, kDatagrams> controls_{};
};

}  // namespace stellwerk
