#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"

namespace stellwerk {

// What holds an estimate where it is.
enum class EstimateLimit : uint8_t {
  kStart,   // nothing is known yet
  kNone,    // it is growing, or nothing stands against it
  kDelay,   // the queue on the way grew
  kLoss,    // more is lost when more is sent
  kRemb,    // the receiver's own limit
  kSilent,  // no feedback comes any more
};

// How a link compares with what is sent over it.
enum class LinkRoom : uint8_t {
  kUnknown,   // no feedback has come yet
  kDraining,  // it is full, and less is sent than it carries until the queue on it is gone
  kScarce,    // it may well be full
  kSome,      // less is sent than it carries, although more is wanted or a queue is there
  kAmple,     // it carries much more than all that is wanted, and no queue is seen
};

struct BandwidthEstimate {
  // What may be sent, everything included (media, retransmissions, padding, headers).
  DataRate target;
  // The link's rate as far as it is known: `target`, but without the reduction that lets a queue
  // drain after the link became slower. Choose layers by `target`, judge by this.
  DataRate capacity;
  // What arrived of late.
  DataRate acknowledged;
  // Of the packets that feedback spoke of within about the last second, 0..1.
  float loss = 0;
  // The part of it that the path loses however little is sent.
  float inherent_loss = 0;
  std::optional<TimeDelta> round_trip_time;
  // How much longer than the shortest packet of late the last ones took: about the queue.
  TimeDelta queue_delay{};
  bool over_used = false;            // the queue on the way is growing
  bool application_limited = false;  // much less is sent than `target`: only probes tell more
  LinkRoom room = LinkRoom::kUnknown;
  EstimateLimit limited_by = EstimateLimit::kStart;
};

}  // namespace stellwerk
