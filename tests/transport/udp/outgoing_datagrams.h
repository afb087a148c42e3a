#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "transport/base/outbox.h"

namespace stellwerk {

// An outbox's datagrams, by destination (a port of 127.0.0.1) and size.
class OutgoingDatagrams {
 public:
  struct One {
    uint16_t port = 0;
    std::size_t size = 0;
  };
  OutgoingDatagrams(std::initializer_list<One> all) {
    for (const One& one : all) Add(one);
  }
  void Add(const One& one) {
    PacketRef packet = pool_.Allocate(one.size);
    packet.set_size(one.size);
    datagrams_.push_back(
        {.tuple = {.protocol = IpProtocol::kUdp,
                   .local = {.ip = IpAddress::V4({127, 0, 0, 1}), .port = 9},
                   .remote = {.ip = IpAddress::V4({127, 0, 0, 1}), .port = one.port}},
         .packet = std::move(packet)});
  }
  [[nodiscard]] std::vector<const OutgoingDatagram*> pointers() const {
    std::vector<const OutgoingDatagram*> pointers;
    for (const OutgoingDatagram& datagram : datagrams_) pointers.push_back(&datagram);
    return pointers;
  }
  [[nodiscard]] std::vector<OutgoingDatagram>& datagrams() { return datagrams_; }

 private:
  PacketPool pool_;
  std::vector<OutgoingDatagram> datagrams_;
};

}  // namespace stellwerk
