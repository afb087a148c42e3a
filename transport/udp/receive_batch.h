#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "transport/base/received_datagram.h"
#include "transport/base/socket_address.h"

namespace stellwerk {

// Memory for one recvmmsg, and what it brought.
class ReceiveBatch {
 public:
  static constexpr std::size_t kMessages = 64;

  // What a socket is to tell about its datagrams beside their bytes.
  struct Wishes {
    bool is_v6 = false;
    bool local = false;    // for a socket that is bound to no one address
    bool offload = false;  // UDP_GRO: several datagrams of one peer as one message
  };

  // One datagram, or several of one peer that arrived together.
  struct Message {
    SocketAddress from;
    std::span<const uint8_t> bytes;
    // Each datagram has this size but for the last, which may be shorter; 0: it is only one.
    std::size_t segment_size = 0;
    bool truncated = false;
    bool congestion_experienced = false;      // RFC 3168: a router marked it on its way
    std::optional<int64_t> realtime_ns = {};  // SO_TIMESTAMPNS: CLOCK_REALTIME, of the first
    std::optional<IpAddress> local = {};
    std::optional<uint32_t> overflows = {};  // SO_RXQ_OVFL: since the socket was made, wraps around
  };

  ReceiveBatch();

  // Best effort: without stamps the time of reading is taken, without counters nothing is counted,
  // without offload datagrams come one by one.
  static void Prepare(int fd, const Wishes& wishes);
  // The number of messages, or -errno. They are valid until the next call.
  int Receive(int fd, const Wishes& wishes);
  [[nodiscard]] Message Get(std::size_t index) const;

 private:
  // What the kernel merges at most.
  static constexpr std::size_t kRoom = 65536;
  // Apart by more than that, so that the messages' first bytes don't compete for the same lines of
  // the cache.
  static constexpr std::size_t kStride = kRoom + 2048 + 64;
  // Room for a timespec, an in6_pktinfo, the overflow counter, the traffic class and the segment
  // size.
  static constexpr std::size_t kControl = 192;
  struct alignas(cmsghdr) Control {
    std::array<uint8_t, kControl> bytes;
  };

  void Ready(std::size_t index);

  std::size_t room_ = 0;               // of each message
  std::size_t used_ = 0;               // messages from the front that have to be made ready again
  std::unique_ptr<uint8_t[]> buffer_;  // untouched pages of it take no memory
  std::array<mmsghdr, kMessages> headers_{};
  std::array<iovec, kMessages> vectors_{};
  std::array<sockaddr_storage, kMessages> addresses_{};
  std::array<Control, kMessages> controls_{};
};

}  // namespace stellwerk
