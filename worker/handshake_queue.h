#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>

#include "absl/functional/function_ref.h"
#include "transport/base/received_datagram.h"
#include "transport/base/tuple.h"

namespace stellwerk {

// DTLS handshakes that wait until media has gone: each of their steps takes as long as two hundred
// packets, half a millisecond and more, and people like to come all at once.
class HandshakeQueue {
 public:
  // Takes handshakes out of the batch and returns the rest of it, in the order in which it came.
  // `is_known`: whether an address has passed a check; nobody else's datagrams are kept, for they
  // cost little and could be many. Of more than kMax nothing is taken any more.
  std::span<ReceivedDatagram> Sift(std::span<ReceivedDatagram> batch,
                                   absl::FunctionRef<bool(const Tuple&)> is_known);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  // The next one; nullopt if there is none.
  std::optional<ReceivedDatagram> Take();

  static constexpr std::size_t kMax = 1024;

 private:
  [[nodiscard]] bool Waits(const ReceivedDatagram& datagram) const;

  std::deque<ReceivedDatagram> waiting_;
};

}  // namespace stellwerk
