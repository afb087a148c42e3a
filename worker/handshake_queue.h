#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>

#include "transport/base/received_datagram.h"

namespace stellwerk {

// DTLS handshakes that wait until media has gone: each of their steps takes as long as two hundred
// packets, half a millisecond and more, and people like to come all at once.
class HandshakeQueue {
 public:
  // Takes handshakes out of the batch and returns the rest of it, in the order in which it came.
  // Of more than kMax nothing is taken any more.
  std::span<ReceivedDatagram> Sift(std::span<ReceivedDatagram> batch);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  // The next one; nullopt if there is none.
  std::optional<ReceivedDatagram> Take();

  static constexpr std::size_t kMax = 1024;

 private:
  [[nodiscard]] bool Waits(const ReceivedDatagram& datagram) const;

  std::deque<ReceivedDatagram> waiting_;
};

}  // namespace stellwerk
