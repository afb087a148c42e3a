#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "bench/link/codel.h"
#include "bench/link/link_config.h"
#include "bench/link/loss_model.h"
#include "bench/link/rate_timeline.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"

namespace stellwerk {

// What a packet has met on its way.
struct LinkDelivery {
  uint64_t cookie = 0;
  DataSize size;
  Timestamp sent;
  Timestamp arrived;
  // How long it waited for the bottleneck, without its own transmission.
  TimeDelta queueing{};
};

struct LinkCounters {
  uint64_t sent = 0;  // packets given to Send
  DataSize sent_size;
  uint64_t delivered = 0;
  DataSize delivered_size;
  // Lost by reason.
  uint64_t policed = 0;
  uint64_t queue_full = 0;
  uint64_t aqm_dropped = 0;  // by CoDel
  uint64_t lost = 0;         // random and burst loss
};

// One direction of a network path. Sans-IO, and the same again from the same seed and calls. Calls
// come in the order of time. The caller keeps the packets and knows them by cookie.
//   link.Send(now, size, cookie);
//   while (auto delivery = link.Pop(now)) ...          // whatever has arrived by now
//   for (uint64_t cookie : link.TakeLost()) ...        // whatever never will
//   wait until link.NextTimeout();
class Link {
 public:
  Link(LinkConfig config, uint64_t seed, Timestamp start);

  // `size` is what the packet takes of the capacity; say with all headers that shall count.
  void Send(Timestamp now, DataSize size, uint64_t cookie);
  // The earliest packet that has arrived; call until there is none.
  std::optional<LinkDelivery> Pop(Timestamp now);
  // Cookies of packets that were lost since the last call.
  std::vector<uint64_t> TakeLost();
  // When to call Pop again; never before the last `now`. kNever: nothing is under way.
  [[nodiscard]] Timestamp NextTimeout() const;

  // Another path from now on, as when a phone changes from one network to another; packets under
  // way and the queue stay. The times of the new trace count from `now`.
  void Reconfigure(LinkConfig config, Timestamp now);

  // The bottleneck's rate, and what it could have carried in a time; nullopt: no bottleneck. Cross
  // traffic and loss are not taken off.
  [[nodiscard]] std::optional<DataRate> Capacity(Timestamp at) const;
  [[nodiscard]] std::optional<DataSize> CapacityBetween(Timestamp from, Timestamp to) const;
  // How long a packet that is sent now would wait, at the present rate.
  [[nodiscard]] TimeDelta QueueDelay(Timestamp now) const;
  [[nodiscard]] DataSize queued() const { return queued_; }
  [[nodiscard]] const LinkCounters& counters() const { return counters_; }

 private:
  struct Packet {
    uint64_t cookie = 0;
    DataSize size;
    Timestamp sent;
    bool ours = true;  // false: cross traffic
  };
  struct Flying {
    LinkDelivery delivery;
    uint64_t order = 0;  // among equal times
    friend bool operator>(const Flying& a, const Flying& b) {
      return a.delivery.arrived != b.delivery.arrived ? a.delivery.arrived > b.delivery.arrived
                                                      : a.order > b.order;
    }
  };
  struct CrossSource {
    CrossTraffic config;
    Timestamp start;
    Timestamp next = kNever;
  };

  void Advance(Timestamp now);
  void EnterQueue(const Packet& packet, Timestamp now);
  void StartTransmission(Timestamp at);
  void Leave(const Packet& packet, Timestamp at, TimeDelta queueing);
  void SendCrossTraffic(CrossSource& source);
  bool PassesPolicer(DataSize size, Timestamp now);

  LinkConfig config_;
  SeededRandom random_;
  RateTimeline timeline_;
  CoDel codel_;
  LossModel loss_;
  JitterModel jitter_;
  std::deque<Packet> queue_;
  DataSize queued_;
  struct Transmission {
    Packet packet;
    Timestamp started;
    DataSize left;  // of the packet, at `started`
    Timestamp finished;
    TimeDelta queueing{};
  };
  std::optional<Transmission> sending_;
  std::priority_queue<Flying, std::vector<Flying>, std::greater<>> flying_;
  uint64_t order_ = 0;
  Timestamp last_arrival_;
  std::vector<uint64_t> lost_;
  std::vector<CrossSource> cross_;
  double tokens_ = 0;  // of the policer, bytes
  Timestamp tokens_at_;
  LinkCounters counters_;
};

}  // namespace stellwerk
