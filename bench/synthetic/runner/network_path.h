#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "bench/link/payload_link.h"
#include "bench/synthetic/impairment.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/base/received_datagram.h"

namespace stellwerk::synthetic {

// What lies between a participant and its socket: at first nothing.
class NetworkPath {
 public:
  explicit NetworkPath(uint64_t seed) : impaired_(seed), seed_(seed) {}

  void SetImpairment(const Impairment& impairment) { impaired_.Set(impairment); }
  void SetLinks(const LinkConfig& up, const LinkConfig& down, Timestamp now);
  // Nothing lies there any more; what was under way is lost.
  void Clear();

  // True: the datagram passes at once. Else it is lost, or taken and comes out of Pop.
  bool Up(OutgoingDatagram& datagram, Timestamp now);
  bool Down(ReceivedDatagram& datagram, Timestamp now);
  std::optional<OutgoingDatagram> PopUp(Timestamp now);
  // Its arrival is the model's.
  std::optional<ReceivedDatagram> PopDown(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

  // Null: no model is set.
  [[nodiscard]] const Link* up() const { return links_ ? &links_->up.link() : nullptr; }
  [[nodiscard]] const Link* down() const { return links_ ? &links_->down.link() : nullptr; }
  // Datagrams lost so far.
  [[nodiscard]] uint64_t lost() const;

 private:
  struct Links {
    Links(const LinkConfig& up_config, const LinkConfig& down_config, uint64_t seed, Timestamp now)
        : up(up_config, seed, now), down(down_config, ~seed, now), down_at(now) {}
    PayloadLink<OutgoingDatagram> up;
    PayloadLink<ReceivedDatagram> down;
    Timestamp down_at;  // the model's time: it must not go back
  };

  ImpairedLink impaired_;
  uint64_t seed_;
  std::unique_ptr<Links> links_;
  uint64_t lost_ = 0;  // in links that are no more
};

}  // namespace stellwerk::synthetic
