#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "transport/base/outbox.h"
#include "transport/udp/segment_offload.h"

namespace stellwerk {

// Memory for one sendmmsg.
class SendBatch {
 public:
  static constexpr std::size_t kMessages = 256;
  static constexpr std::size_t kDatagrams = 1024;

  // What one call did, counted from the front of what it was given.
  struct Sent {
    int error = 0;              // errno, if even the first message was refused
    std::size_t datagrams = 0;  // sent; with an error, those of the message that was refused
    std::size_t messages = 0;
    std::size_t runs = 0;  // messages of several datagrams, and the datagrams in them
    std::size_t run_datagrams = 0;
  };

  // Sends from the front as much as one call takes. Neighbours that make a run (segment_run.h) go
  // as one message where `offload` allows it. `with_source` tells the kernel which local address to
  // send from, for a socket that is bound to none.
  Sent Send(int fd, std::span<const OutgoingDatagram* const> datagrams, bool with_source,
            const SegmentOffload& offload);

 private:
  // As the kernel wants it, without the room that sockaddr_storage has for other families.
  union Address {
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  // Room for an in6_pktinfo and a segment size.
  struct alignas(cmsghdr) Control {
    std::array<uint8_t, CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))> bytes;
  };

  void Write(std::size_t message, std::span<const OutgoingDatagram* const> run, bool with_source);
  std::size_t WriteAddress(const SocketAddress& address, Address& kernel);
  std::size_t WriteControl(std::span<const OutgoingDatagram* const> run, bool with_source,
                           Control& control);

  std::array<mmsghdr, kMessages> headers_{};
  std::array<iovec, kDatagrams> vectors_{};
  std::array<std::size_t, kMessages> first_{};  // of its datagrams, and the vectors' index
  std::array<Address, kMessages> addresses_{};
  std::array<Control, kMessages> controls_{};
};

}  // namespace stellwerk
