#include "transport/udp/send_batch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace stellwerk {
namespace {

template <typename T>
std::size_t WriteControl(int level, int type, const T& value, std::span<uint8_t> bytes) {
  cmsghdr header{};
  header.cmsg_level = level;
  header.cmsg_type = type;
  header.cmsg_len = CMSG_LEN(sizeof(value));
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + CMSG_LEN(0), &value, sizeof(value));
  return CMSG_SPACE(sizeof(value));
}

}  // namespace

std::size_t SendBatch::WriteSource(const IpAddress& source, Control& control) {
  control.bytes.fill(0);
  if (source.is_v6()) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, source.bytes().data(), 16);
    return WriteControl(IPPROTO_IPV6, IPV6_PKTINFO, info, control.bytes);
  }
  in_pktinfo info{};
  std::memcpy(&info.ipi_spec_dst, source.bytes().data(), 4);
  return WriteControl(IPPROTO_IP, IP_PKTINFO, info, control.bytes);
}

int SendBatch::Send(int fd, std::span<const OutgoingDatagram* const> datagrams, bool with_source) {
  const std::size_t count = std::min(datagrams.size(), kDatagrams);
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = datagrams[i]->packet.bytes();
    addresses_[i] = ToKernel(datagrams[i]->tuple.remote);
    // sendmmsg only reads, but its iovec is shared with recvmmsg.
    vectors_[i] = {.iov_base = const_cast<uint8_t*>(bytes.data()), .iov_len = bytes.size()};
    headers_[i] = {};
    msghdr& header = headers_[i].msg_hdr;
    header.msg_name = addresses_[i].get();
    header.msg_namelen = addresses_[i].size;
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    if (with_source) {
      header.msg_control = controls_[i].bytes.data();
      header.msg_controllen = WriteSource(datagrams[i]->tuple.local.ip, controls_[i]);
    }
  }
  const int sent = sendmmsg(fd, headers_.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
  return sent < 0 ? -errno : sent;
}

}  // namespace stellwerk
