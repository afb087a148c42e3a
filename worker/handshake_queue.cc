#include "worker/handshake_queue.h"

#include <algorithm>
#include <utility>

#include "transport/demux/packet_kind.h"

namespace stellwerk {

bool HandshakeQueue::Waits(const ReceivedDatagram& datagram) const {
  const auto bytes = datagram.packet.bytes();
  if (ClassifyPacket(bytes) != PacketKind::kDtls) return false;
  // RFC 5246 §6.2.1: data is no work, but must not come before the end of the handshake.
  constexpr uint8_t kApplicationData = 23;
  if (bytes[0] != kApplicationData) return true;
  return std::any_of(waiting_.begin(), waiting_.end(), [&](const ReceivedDatagram& waiting) {
    return waiting.tuple == datagram.tuple;
  });
}

std::span<ReceivedDatagram> HandshakeQueue::Sift(std::span<ReceivedDatagram> batch,
                                                 absl::FunctionRef<bool(const Tuple&)> is_known) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (waiting_.size() < kMax && Waits(batch[i]) && is_known(batch[i].tuple)) {
      waiting_.push_back(std::move(batch[i]));
    } else {
      if (kept != i) batch[kept] = std::move(batch[i]);
      ++kept;
    }
  }
  return batch.first(kept);
}

std::optional<ReceivedDatagram> HandshakeQueue::Take() {
  if (waiting_.empty()) return std::nullopt;
  std::optional<ReceivedDatagram> next(std::move(waiting_.front()));
  waiting_.pop_front();
  return next;
}

}  // namespace stellwerk
