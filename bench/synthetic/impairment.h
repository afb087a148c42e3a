#pragma once

#include <cstdint>
#include <span>

#include "rtc/base/random.h"

namespace stellwerk::synthetic {

// A bad network between a participant and its socket, replayable from its seed. STUN and DTLS are
// spared by default, so that loss can be there from the start without the time their
// retransmissions take.
struct Impairment {
  double send_loss = 0;  // 0..1
  double receive_loss = 0;
  bool media_only = true;
};

class ImpairedLink {
 public:
  explicit ImpairedLink(uint64_t seed) : random_(seed) {}
  void Set(const Impairment& impairment) { impairment_ = impairment; }

  // False: the datagram gets lost.
  [[nodiscard]] bool Sends(std::span<const uint8_t> datagram) {
    return Passes(impairment_.send_loss, datagram);
  }
  [[nodiscard]] bool Receives(std::span<const uint8_t> datagram) {
    return Passes(impairment_.receive_loss, datagram);
  }
  [[nodiscard]] uint64_t lost() const { return lost_; }

 private:
  bool Passes(double loss, std::span<const uint8_t> datagram);

  Impairment impairment_;
  SeededRandom random_;
  uint64_t lost_ = 0;
};

}  // namespace stellwerk::synthetic
