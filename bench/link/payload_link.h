#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "bench/link/link.h"

namespace stellwerk {

// A Link that keeps a value with each packet, and gives it back when the packet arrives.
template <typename Payload>
class PayloadLink {
 public:
  struct Arrival {
    LinkDelivery delivery;
    Payload payload;
  };

  PayloadLink(LinkConfig config, uint64_t seed, Timestamp start)
      : link_(std::move(config), seed, start) {}

  void Send(Timestamp now, DataSize size, Payload payload) {
    uint64_t cookie = payloads_.size();
    if (free_.empty()) {
      payloads_.emplace_back(std::move(payload));
    } else {
      cookie = free_.back();
      free_.pop_back();
      payloads_[cookie].emplace(std::move(payload));
    }
    link_.Send(now, size, cookie);
    ForgetLost();
  }
  std::optional<Arrival> Pop(Timestamp now) {
    const std::optional<LinkDelivery> delivery = link_.Pop(now);
    ForgetLost();
    if (!delivery) return std::nullopt;
    Arrival arrival{*delivery, std::move(*payloads_[delivery->cookie])};
    Free(delivery->cookie);
    return arrival;
  }
  [[nodiscard]] Timestamp NextTimeout() const { return link_.NextTimeout(); }
  void Reconfigure(LinkConfig config, Timestamp now) { link_.Reconfigure(std::move(config), now); }
  [[nodiscard]] const Link& link() const { return link_; }

 private:
  void ForgetLost() {
    for (const uint64_t cookie : link_.TakeLost()) Free(cookie);
  }
  void Free(uint64_t cookie) {
    payloads_[cookie].reset();
    free_.push_back(cookie);
  }

  Link link_;
  std::vector<std::optional<Payload>> payloads_;  // by cookie
  std::vector<uint64_t> free_;
};

}  // namespace stellwerk
