#include "transport/udp/receive_batch.h"

#include <netinet/ip.h>
#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

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
  static_cast<void>(setsockopt(fd, level, option, &on, sizeof(on)));
}

// RFC 3168 §5: the low two bits of the traffic class.
bool IsCongestionExperienced(int traffic_class) {
  return (traffic_class & IPTOS_ECN_MASK) == IPTOS_ECN_CE;
}

void ReadSocketControl(const cmsghdr* m, ReceiveBatch::Message& message) {
  if (m->cmsg_type == SCM_TIMESTAMPNS) {
    const auto stamp = ReadControl<timespec>(m);
    message.realtime_ns = int64_t{stamp.tv_sec} * 1'000'000'000 + stamp.tv_nsec;
  } else if (m->cmsg_type == SO_RXQ_OVFL) {
    message.overflows = ReadControl<uint32_t>(m);
  }
}

void ReadControl(const cmsghdr* m, ReceiveBatch::Message& message) {
  if (m->cmsg_level == SOL_SOCKET) {
    ReadSocketControl(m, message);
  } else if (m->cmsg_level == SOL_UDP && m->cmsg_type == UDP_GRO) {
    const int size = ReadControl<int>(m);
    message.segment_size = size > 0 ? static_cast<std::size_t>(size) : 0;
  } else if (m->cmsg_level == IPPROTO_IP && m->cmsg_type == IP_PKTINFO) {
    message.local = FromKernel(ReadControl<in_pktinfo>(m).ipi_addr);
  } else if (m->cmsg_level == IPPROTO_IP && m->cmsg_type == IP_TOS) {
    message.congestion_experienced = IsCongestionExperienced(ReadControl<uint8_t>(m));
  } else if (m->cmsg_level == IPPROTO_IPV6 && m->cmsg_type == IPV6_PKTINFO) {
    message.local = FromKernel(ReadControl<in6_pktinfo>(m).ipi6_addr);
  } else if (m->cmsg_level == IPPROTO_IPV6 && m->cmsg_type == IPV6_TCLASS) {
    message.congestion_experienced = IsCongestionExperienced(ReadControl<int>(m));
  }
}

}  // namespace

ReceiveBatch::ReceiveBatch()
    : buffer_(std::make_unique_for_overwrite<uint8_t[]>(kMessages * kStride)) {}

void ReceiveBatch::Prepare(int fd, const Wishes& wishes) {
  Enable(fd, SOL_SOCKET, SO_TIMESTAMPNS);
  Enable(fd, SOL_SOCKET, SO_RXQ_OVFL);
  Enable(fd, wishes.is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, wishes.is_v6 ? IPV6_RECVTCLASS : IP_RECVTOS);
  if (wishes.offload) Enable(fd, SOL_UDP, UDP_GRO);
  if (wishes.local) {
    Enable(fd, wishes.is_v6 ? IPPROTO_IPV6 : IPPROTO_IP,
           wishes.is_v6 ? IPV6_RECVPKTINFO : IP_PKTINFO);
  }
}

void ReceiveBatch::Ready(std::size_t index) {
  vectors_[index] = {.iov_base = buffer_.get() + index * kStride, .iov_len = room_};
  headers_[index] = {};
  msghdr& header = headers_[index].msg_hdr;
  header.msg_name = &addresses_[index];
  header.msg_namelen = sizeof(addresses_[index]);
  header.msg_iov = &vectors_[index];
  header.msg_iovlen = 1;
  header.msg_control = controls_[index].bytes.data();
  header.msg_controllen = kControl;
}

int ReceiveBatch::Receive(int fd, const Wishes& wishes) {
  const std::size_t room = wishes.offload ? kRoom : kMaxDatagram;
  if (std::exchange(room_, room) != room) used_ = kMessages;
  // The kernel overwrites the lengths with what it used. Only those: a socket of thousands has one
  // datagram at a time, and the others need not be touched for it.
  for (std::size_t i = 0; i < used_; ++i) Ready(i);
  const int count = recvmmsg(fd, headers_.data(), kMessages, MSG_DONTWAIT, nullptr);
  used_ = std::min(kMessages, static_cast<std::size_t>(std::max(count, 0)) + 1);
  return count < 0 ? -errno : count;
}

ReceiveBatch::Message ReceiveBatch::Get(std::size_t index) const {
  const mmsghdr& header = headers_[index];
  Message message;
  message.from = FromKernel(addresses_[index]).value_or(SocketAddress());
  message.bytes = {buffer_.get() + index * kStride, header.msg_len};
  message.truncated = (header.msg_hdr.msg_flags & MSG_TRUNC) != 0;
  auto* all = const_cast<msghdr*>(&header.msg_hdr);  // CMSG_NXTHDR takes it non-const
  for (cmsghdr* m = CMSG_FIRSTHDR(all); m != nullptr; m = CMSG_NXTHDR(all, m))
    ReadControl(m, message);
  if (message.segment_size >= message.bytes.size()) message.segment_size = 0;
  return message;
}

}  // namespace stellwerk
