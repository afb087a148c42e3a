#pragma once

#include <usrsctp.h>

#include <cstddef>
#include <cstdint>

namespace stellwerk {

// What usrsctp calls in the middle of its work: each only notes down what it is told.
struct SctpCallbacks {
  static int OnPacket(void* address, void* bytes, std::size_t size, uint8_t tos, uint8_t set_df);
  static int OnReceive(struct ::socket* socket, sctp_sockstore address, void* bytes,
                       std::size_t size, sctp_rcvinfo info, int flags, void* handle);
};

}  // namespace stellwerk
