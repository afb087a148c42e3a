#pragma once

#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "transport/base/socket_address.h"

namespace stellwerk {

// Where the kernel takes several datagrams as one message (UDP_SEGMENT). It refuses where a
// datagram exceeds the route's MTU, where IPsec is on the way, and before Linux 6.11 where the
// device computes no checksums. Destinations that were refused get single datagrams for a while;
// when the first few runs are all refused, so does the whole socket, for good.
class SegmentOffload {
 public:
  explicit SegmentOffload(bool wanted) : on_(wanted) {}

  [[nodiscard]] bool Allows(const SocketAddress& destination) const {
    return on_ && (refused_.empty() || !refused_.contains(destination));
  }
  void OnAccepted(uint64_t runs);
  void OnRefused(const SocketAddress& destination);

  // Whether a refusal of a run may be due to its being one.
  static bool IsRefusal(int error);

 private:
  bool on_;
  uint64_t accepted_ = 0;
  uint64_t refusals_ = 0;
  uint64_t forget_at_ = 0;  // of accepted_
  absl::flat_hash_set<SocketAddress> refused_;
};

}  // namespace stellwerk
