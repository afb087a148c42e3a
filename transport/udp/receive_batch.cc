#include "transport/udp/receive_batch.h"

#include <cerrno>
#include <cstring>
#include <ctime>

#include "transport/base/kernel_address.h"

namespace stellwerk {
namespace {

template <typename T>
T ReadControl(const cmsghdr* message) {
  T value{};
  std::memcpy(&value, CMSG_DATA(message), sizeof(value));
  return value;
}

void Enable(int fd, int level, int option) {
  const int on = 1;
  // Best effort: without stamps the time of reading is taken, without counters nothing is counted.
  static_cast<void>(setsockopt(fd, level, option, &on, sizeof(on)));
}

}  // namespace

ReceiveBatch::ReceiveBatch() : buffer_(kDatagrams * kMaxDatagram) {
  for (std::size_t i = 0; i < kDatagrams; ++i) {
    vectors_[i] = {.iov_base = buffer_.data() + i * kMaxDatagram, .iov_len = kMaxDatagram};
  }
}

void ReceiveBatch::Prepare(int fd, bool is_v6, bool with_local) {
  Enable(fd, SOL_SOCKET, SO_TIMESTAMPNS);
  Enable(fd, SOL_SOCKET, SO_RXQ_OVFL);
  if (!with_local) return;
  if (is_v6) {
    Enable(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
  } else {
    Enable(fd, IPPROTO_IP, IP_PKTINFO);
  }
}

int ReceiveBatch::Receive(int fd) {
  // The kernel overwrites the lengths with what it used.
  for (std::size_t i = 0; i < kDatagrams; ++i) {
    headers_[i] = {};
    msghdr& header = headers_[i].msg_hdr;
    header.msg_name = &addresses_[i];
    header.msg_namelen = sizeof(addresses_[i]);
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].bytes.data();
    header.msg_controllen = kControl;
  }
  const int count = recvmmsg(fd, headers_.data(), kDatagrams, MSG_DONTWAIT, nullptr);
  return count < 0 ? -errno : count;
}

ReceiveBatch::Datagram ReceiveBatch::Get(std::size_t index) const {
  const mmsghdr& header = headers_[index];
  Datagram datagram;
  datagram.from = FromKernel(addresses_[index]).value_or(SocketAddress());
  datagram.bytes = std::span(buffer_).subspan(index * kMaxDatagram, header.msg_len);
  datagram.truncated = (header.msg_hdr.msg_flags & MSG_TRUNC) != 0;
  auto* all = const_cast<msghdr*>(&header.msg_hdr);  // CMSG_NXTHDR takes it non-const
  for (cmsghdr* m = CMSG_FIRSTHDR(all); m != nullptr; m = CMSG_NXTHDR(all, m)) {
    if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SCM_TIMESTAMPNS) {
      const auto stamp = ReadControl<timespec>(m);
      datagram.realtime_ns = int64_t{stamp.tv_sec} * 1'000'000'000 + stamp.tv_nsec;
    } else if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SO_RXQ_OVFL) {
      datagram.overflows = ReadControl<uint32_t>(m);
    } else if (m->cmsg_level == IPPROTO_IP && m->cmsg_type == IP_PKTINFO) {
      datagram.local = FromKernel(ReadControl<in_pktinfo>(m).ipi_addr);
    } else if (m->cmsg_level == IPPROTO_IPV6 && m->cmsg_type == IPV6_PKTINFO) {
      datagram.local = FromKernel(ReadControl<in6_pktinfo>(m).ipi6_addr);
    }
  }
  return datagram;
}

}  // namespace stellwerk
