#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "transport/base/kernel_address.h"
#include "transport/base/outbox.h"

namespace stellwerk {

// Memory for one sendmmsg.
class SendBatch {
 public:
  static constexpr std::size_t kDatagrams = 64;

  // Sends from the front, at most kDatagrams; the number sent, or -errno if even the first was
  // refused. `with_source` tells the kernel which local address to send from, for a socket that is
  // bound to none.
  int Send(int fd, std::span<const OutgoingDatagram* const> datagrams, bool with_source);

 private:
  struct alignas(cmsghdr) Control {
    std::array<uint8_t, 64> bytes;
  };
  static std::size_t WriteSource(const IpAddress& source, Control& control);

  std::array<mmsghdr, kDatagrams> headers_{};
  std::array<iovec, kDatagrams> vectors_{};
  std::array<KernelAddress, kDatagrams> addresses_{};
  std::array<Control, kDatagrams> controls_{};
};

}  // namespace stellwerk
