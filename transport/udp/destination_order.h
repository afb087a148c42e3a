#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "transport/base/outbox.h"

namespace stellwerk {

// Brings the datagrams for one destination together, each destination's in the order in which they
// were, the destinations in the order of their first. It keeps its memory.
class DestinationOrder {
 public:
  void Arrange(std::vector<const OutgoingDatagram*>& datagrams);

 private:
  // Neighbours for one destination: a fan-out that goes subscriber by subscriber brings few of
  // them, and they are looked up, not their datagrams.
  struct Run {
    uint32_t first = 0;
    uint32_t count = 0;
    uint32_t group = 0;
  };
  struct Group {
    const OutgoingDatagram* first = nullptr;
    uint32_t count = 0;
    uint32_t next = 0;  // where its next datagram goes
  };
  void FindRuns(const std::vector<const OutgoingDatagram*>& datagrams);
  uint32_t GroupOf(const OutgoingDatagram& datagram, uint32_t last);

  std::vector<Run> runs_;
  std::vector<Group> groups_;
  std::vector<uint32_t> slots_;              // hash table of groups_, + 1
  std::vector<const OutgoingDatagram*> in_;  // as it was
};

}  // namespace stellwerk
