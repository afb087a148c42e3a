#include "transport/udp/destination_order.h"

#include <bit>

#include "absl/hash/hash.h"

namespace stellwerk {

uint32_t DestinationOrder::GroupOf(const OutgoingDatagram& datagram, uint32_t last) {
  const auto is_its = [&](uint32_t group) {
    return group < groups_.size() && groups_[group].first->tuple == datagram.tuple;
  };
  // A fan-out goes through its subscribers packet by packet: after one comes the next, and after
  // the last the first again.
  const uint32_t next = last + 1 < groups_.size() ? last + 1 : 0;
  if (is_its(next)) return next;
  if (is_its(last)) return last;
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = absl::Hash<SocketAddress>()(datagram.tuple.remote) & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const uint32_t group = slots_[slot] - 1;
    if (groups_[group].first->tuple == datagram.tuple) return group;
  }
  groups_.push_back({.first = &datagram});
  slots_[slot] = static_cast<uint32_t>(groups_.size());
  return slots_[slot] - 1;
}

void DestinationOrder::Arrange(std::vector<const OutgoingDatagram*>& datagrams) {
  if (datagrams.size() < 3) return;  // two are in order whatever they are
  groups_.clear();
  group_of_.clear();
  // At most half full.
  slots_.assign(std::bit_ceil(2 * datagrams.size()), 0);
  uint32_t last = 0;
  bool is_ordered = true;
  for (const OutgoingDatagram* datagram : datagrams) {
    const uint32_t group = GroupOf(*datagram, last);
    is_ordered = is_ordered && group + 1 == groups_.size();
    ++groups_[group].count;
    group_of_.push_back(group);
    last = group;
  }
  if (is_ordered) return;
  uint32_t next = 0;
  for (Group& group : groups_) {
    group.next = next;
    next += group.count;
  }
  in_.assign(datagrams.begin(), datagrams.end());
  for (std::size_t i = 0; i < in_.size(); ++i) datagrams[groups_[group_of_[i]].next++] = in_[i];
}

}  // namespace stellwerk
