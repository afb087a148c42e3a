#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace stellwerk::bench {

// A UDP socket bound to a port of the kernel's choice, or to that of `like`, which then shares it.
// Ends the program where there is none.
int OpenUdp(in_addr address, int receive_buffer_bytes, const sockaddr_in* like = nullptr);
sockaddr_in AddressOf(int fd);
inline sockaddr* AsSockaddr(sockaddr_in& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

// Room for what tells the kernel to cut a message into segments.
struct alignas(cmsghdr) SegmentControl {
  uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))] = {};
};
void SetSegmentSize(msghdr& message, SegmentControl& control, std::size_t size);
// Sends `bytes` as datagrams of `size`, the last may be shorter; `to` null: the socket is
// connected.
void SendRun(int fd, sockaddr_in* to, std::span<uint8_t> bytes, std::size_t size);

// Runs this process on one processor, if there are so many.
void PinTo(int processor);

[[noreturn]] void Fail(const char* what);

}  // namespace stellwerk::bench
