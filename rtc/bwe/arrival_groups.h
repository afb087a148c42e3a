#pragma once

#include <optional>

#include "rtc/base/units.h"

namespace stellwerk {

// draft-ietf-rmcat-gcc-02 §5.2: packets that were sent together are judged together. A group is
// what was sent within 5 ms, and what arrived in one lump after something on the way held it up.
class ArrivalGroups {
 public:
  // From one group to the next: the times of their last packets.
  struct Step {
    TimeDelta sent{};
    TimeDelta arrived{};
    TimeDelta arrival{};  // of the later group
  };

  // In order of arrival. A step, if the packet begins a third or later group.
  std::optional<Step> OnPacket(Timestamp sent, TimeDelta arrival) {
    // Most packets belong to the group of the one before.
    if (started_ && sent >= current_.first_sent && sent - current_.first_sent <= kGroup &&
        arrival >= current_.last_arrival && arrival - current_.last_arrival <= kGroup) {
      if (sent > current_.last_sent) current_.last_sent = sent;
      current_.last_arrival = arrival;
      return std::nullopt;
    }
    return OnOtherPacket(sent, arrival);
  }

 private:
  struct Group {
    Timestamp first_sent;
    Timestamp last_sent;
    TimeDelta first_arrival{};
    TimeDelta last_arrival{};
  };
  static constexpr TimeDelta kGroup = std::chrono::milliseconds(5);
  [[nodiscard]] bool Belongs(Timestamp sent, TimeDelta arrival) const;
  std::optional<Step> OnOtherPacket(Timestamp sent, TimeDelta arrival);

  Group current_;
  Group previous_;
  bool started_ = false;       // there is a current group
  bool has_previous_ = false;  // and one before it
};

}  // namespace stellwerk
