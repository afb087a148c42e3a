#include "transport/udp/send_batch.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "transport/udp/segment_run.h"

namespace stellwerk {
namespace {

using Run = std::span<const OutgoingDatagram* const>;

template <typename T>
std::size_t WriteControlMessage(int level, int type, const T& value, std::span<uint8_t> bytes) {
  cmsghdr header{};
  header.cmsg_level = level;
  header.cmsg_type = type;
  header.cmsg_len = CMSG_LEN(sizeof(value));
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + CMSG_LEN(0), &value, sizeof(value));
  return CMSG_SPACE(sizeof(value));
}

std::size_t WriteSource(const IpAddress& source, std::span<uint8_t> bytes) {
  if (source.is_v6()) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, source.bytes().data(), sizeof(info.ipi6_addr));
    return WriteControlMessage(IPPROTO_IPV6, IPV6_PKTINFO, info, bytes);
  }
  in_pktinfo info{};
  std::memcpy(&info.ipi_spec_dst, source.bytes().data(), sizeof(info.ipi_spec_dst));
  return WriteControlMessage(IPPROTO_IP, IP_PKTINFO, info, bytes);
}

}  // namespace

std::size_t SendBatch::WriteAddress(const SocketAddress& address, Address& kernel) {
  if (address.ip.is_v6()) {
    kernel.v6 = {};
    kernel.v6.sin6_family = AF_INET6;
    kernel.v6.sin6_port = htons(address.port);
    std::memcpy(&kernel.v6.sin6_addr, address.ip.bytes().data(), sizeof(kernel.v6.sin6_addr));
    return sizeof(kernel.v6);
  }
  kernel.v4 = {};
  kernel.v4.sin_family = AF_INET;
  kernel.v4.sin_port = htons(address.port);
  std::memcpy(&kernel.v4.sin_addr, address.ip.bytes().data(), sizeof(kernel.v4.sin_addr));
  return sizeof(kernel.v4);
}

std::size_t SendBatch::WriteControl(Run run, bool with_source, Control& control) {
  std::size_t size = 0;
  if (with_source) size += WriteSource(run.front()->tuple.local.ip, control.bytes);
  if (run.size() > 1) {
    size +=
        WriteControlMessage(SOL_UDP, UDP_SEGMENT, static_cast<uint16_t>(run.front()->packet.size()),
                            std::span(control.bytes).subspan(size));
  }
  return size;
}

void SendBatch::Write(std::size_t message, Run run, bool with_source) {
  const std::size_t first = first_[message];
  for (std::size_t i = 0; i < run.size(); ++i) {
    const auto bytes = run[i]->packet.bytes();
    // sendmmsg only reads, but its iovec is shared with recvmmsg.
    vectors_[first + i] = {.iov_base = const_cast<uint8_t*>(bytes.data()), .iov_len = bytes.size()};
  }
  headers_[message] = {};
  msghdr& header = headers_[message].msg_hdr;
  header.msg_name = &addresses_[message];
  header.msg_namelen =
      static_cast<socklen_t>(WriteAddress(run.front()->tuple.remote, addresses_[message]));
  header.msg_iov = &vectors_[first];
  header.msg_iovlen = run.size();
  header.msg_controllen = WriteControl(run, with_source, controls_[message]);
  if (header.msg_controllen > 0) header.msg_control = controls_[message].bytes.data();
}

SendBatch::Sent SendBatch::Send(int fd, Run datagrams, bool with_source,
                                const SegmentOffload& offload) {
  datagrams = datagrams.first(std::min(datagrams.size(), kDatagrams));
  std::size_t end = 0;
  std::size_t count = 0;
  while (end < datagrams.size() && count < kMessages) {
    const Run rest = datagrams.subspan(end);
    const std::size_t length =
        offload.Allows(rest.front()->tuple.remote) ? RunLength(rest) : std::size_t{1};
    first_[count] = end;
    Write(count, rest.first(length), with_source);
    end += length;
    ++count;
  }
  const int result = sendmmsg(fd, headers_.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
  Sent sent;
  if (result < 0) {
    sent.error = errno;
    sent.datagrams = headers_.front().msg_hdr.msg_iovlen;
    return sent;
  }
  sent.messages = static_cast<std::size_t>(result);
  sent.datagrams = sent.messages < count ? first_[sent.messages] : end;
  for (std::size_t i = 0; i < sent.messages; ++i) {
    const std::size_t length = headers_[i].msg_hdr.msg_iovlen;
    if (length < 2) continue;
    ++sent.runs;
    sent.run_datagrams += length;
  }
  return sent;
}

}  // namespace stellwerk
