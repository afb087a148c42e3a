#include "transport/sctp/usrsctp_callbacks.h"

#include <arpa/inet.h>

#include <cstdlib>
#include <memory>

#include "transport/sctp/sctp_socket.h"

namespace stellwerk {
namespace {

struct Free {
  void operator()(void* bytes) const { std::free(bytes); }
};

}  // namespace

int SctpCallbacks::OnPacket(void* address, void* bytes, std::size_t size, uint8_t, uint8_t) {
  SctpSocket* socket = SctpStack::Find(reinterpret_cast<uintptr_t>(address));
  if (socket == nullptr) return 0;
  const auto* begin = static_cast<const uint8_t*>(bytes);
  socket->packets_.emplace_back(begin, begin + size);
  return 0;
}

int SctpCallbacks::OnReceive(struct ::socket*, sctp_sockstore, void* bytes, std::size_t size,
                             sctp_rcvinfo info, int flags, void* handle) {
  const std::unique_ptr<void, Free> owner(bytes);  // usrsctp leaves it to us
  SctpSocket* socket = SctpStack::Find(reinterpret_cast<uintptr_t>(handle));
  if (socket == nullptr || bytes == nullptr) return 1;
  const std::span<const uint8_t> data(static_cast<const uint8_t*>(bytes), size);
  if ((flags & MSG_NOTIFICATION) != 0) {
    socket->OnNotification(data);
    return 1;
  }
  socket->indications_.emplace_back(SctpDelivery{
      .stream = info.rcv_sid,
      .ppid = ntohl(info.rcv_ppid),
      .unordered = (info.rcv_flags & SCTP_UNORDERED) != 0,
      .is_complete = (flags & MSG_EOR) != 0,
      .bytes = {data.begin(), data.end()},
  });
  return 1;
}

}  // namespace stellwerk
