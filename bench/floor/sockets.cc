#include "bench/floor/sockets.h"

#include <netinet/udp.h>
#include <sched.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace stellwerk::bench {

void Fail(const char* what) {
  std::fprintf(stderr, "bench_floor: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

int OpenUdp(in_addr address, int receive_buffer_bytes, const sockaddr_in* like) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) Fail("socket");
  if (receive_buffer_bytes > 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer_bytes,
                                             sizeof(receive_buffer_bytes)) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
  }
  const int send_buffer_bytes = 8 << 20;
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send_buffer_bytes, sizeof(int)) != 0)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof(int));
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr = address;
  if (like != nullptr) {
    local.sin_port = like->sin_port;
  }
  const int on = 1;
  if (like != nullptr) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  if (bind(fd, AsSockaddr(local), sizeof(local)) != 0) Fail("bind");
  return fd;
}

sockaddr_in AddressOf(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  if (getsockname(fd, AsSockaddr(address), &size) != 0) Fail("getsockname");
  return address;
}

void SetSegmentSize(msghdr& message, SegmentControl& control, std::size_t size) {
  cmsghdr header{};
  header.cmsg_level = SOL_UDP;
  header.cmsg_type = UDP_SEGMENT;
  header.cmsg_len = CMSG_LEN(sizeof(uint16_t));
  const auto value = static_cast<uint16_t>(size);
  std::memcpy(control.bytes, &header, sizeof(header));
  std::memcpy(control.bytes + CMSG_LEN(0), &value, sizeof(value));
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof(control.bytes);
}

void SendRun(int fd, sockaddr_in* to, std::span<uint8_t> bytes, std::size_t size) {
  iovec vector = {bytes.data(), bytes.size()};
  msghdr message{};
  if (to != nullptr) {
    message.msg_name = to;
    message.msg_namelen = sizeof(*to);
  }
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  SegmentControl control;
  if (bytes.size() > size) SetSegmentSize(message, control, size);
  static_cast<void>(sendmsg(fd, &message, MSG_DONTWAIT));
}

void PinTo(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(processor), &set);
  static_cast<void>(sched_setaffinity(0, sizeof(set), &set));
}

}  // namespace stellwerk::bench
