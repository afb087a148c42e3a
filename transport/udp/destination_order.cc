#include "transport/udp/destination_order.h"

#include <algorithm>
#include <bit>

#include "absl/hash/hash.h"

namespace stellwerk {

void DestinationOrder::FindRuns(const std::vector<const OutgoingDatagram*>& datagrams) {
  runs_.clear();
  const auto size = static_cast<uint32_t>(datagrams.size());
  for (uint32_t first = 0; first < size;) {
    const Tuple& tuple = datagrams[first]->tuple;
    uint32_t end = first + 1;
    while (end < size && datagrams[end]->tuple == tuple) ++end;
    runs_.push_back({.first = first, .count = end - first});
    first = end;
  }
}

uint32_t DestinationOrder::GroupOf(const OutgoingDatagram& datagram, uint32_t last) {
  const auto is_its = [&](uint32_t group) { return groups_[group].first->tuple == datagram.tuple; };
  // A fan-out goes through its subscribers packet by packet: after one comes the next, and after
  // the last the first again.
  const uint32_t next = last + 1 < groups_.size() ? last + 1 : 0;
  if (next < groups_.size() && is_its(next)) return next;
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = absl::Hash<SocketAddress>()(datagram.tuple.remote) & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const uint32_t group = slots_[slot] - 1;
    if (is_its(group)) return group;
  }
  groups_.push_back({.first = &datagram});
  slots_[slot] = static_cast<uint32_t>(groups_.size());
  return slots_[slot] - 1;
}

void DestinationOrder::Arrange(std::vector<const OutgoingDatagram*>& datagrams) {
  FindRuns(datagrams);
  if (runs_.size() < 3) return;  // two are of two destinations
  groups_.clear();
  slots_.assign(std::bit_ceil(2 * runs_.size()), 0);  // at most half full
  uint32_t last = 0;
  for (Run& run : runs_) {
    run.group = GroupOf(*datagrams[run.first], last);
    groups_[run.group].count += run.count;
    last = run.group;
  }
  if (groups_.size() == runs_.size()) return;  // each destination has its place already
  uint32_t next = 0;
  for (Group& group : groups_) {
    group.next = next;
    next += group.count;
  }
  in_.assign(datagrams.begin(), datagrams.end());
  for (const Run& run : runs_) {
    uint32_t& to = groups_[run.group].next;
    std::copy_n(in_.begin() + run.first, run.count, datagrams.begin() + to);
    to += run.count;
  }
}

}  // namespace stellwerk
