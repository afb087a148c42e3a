#pragma once

#include <vector>

#include "bench/link/link.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Sends equal packets at an even pace, and runs a link in virtual time.
class LinkDriver {
 public:
  static constexpr Timestamp kStart{std::chrono::seconds(1'000)};

  explicit LinkDriver(const LinkConfig& config, uint64_t seed = 1) : link(config, seed, kStart) {}

  // Sends at `rate` for `duration`, collecting what arrives until then.
  void Send(DataRate rate, TimeDelta duration, DataSize size = DataSize::Bytes(1200)) {
    const TimeDelta gap(size.bytes() * 8 * 1'000'000'000 / rate.bps());
    const Timestamp end = now + duration;
    for (; now + gap <= end; now += gap) {
      Collect(now);
      link.Send(now, size, next_cookie++);
    }
    now = end;
    Collect(now);
  }
  // Until nothing is under way any more.
  void Drain() {
    while (link.NextTimeout() != kNever) {
      now = link.NextTimeout();
      Collect(now);
    }
  }
  void Collect(Timestamp until) {
    while (link.NextTimeout() <= until) {
      const Timestamp at = link.NextTimeout();
      while (const auto delivery = link.Pop(at)) deliveries.push_back(*delivery);
    }
    for (const uint64_t cookie : link.TakeLost()) lost.push_back(cookie);
  }
  [[nodiscard]] double LossRatio() const {
    return static_cast<double>(lost.size()) / static_cast<double>(next_cookie);
  }
  // What arrived in a time, as a rate.
  [[nodiscard]] DataRate Arrived(Timestamp from, Timestamp to) const {
    DataSize size;
    for (const LinkDelivery& delivery : deliveries) {
      if (delivery.arrived >= from && delivery.arrived < to) size += delivery.size;
    }
    return size / (to - from);
  }

  Link link;
  Timestamp now = kStart;
  uint64_t next_cookie = 0;
  std::vector<LinkDelivery> deliveries;
  std::vector<uint64_t> lost;
};

}  // namespace stellwerk
