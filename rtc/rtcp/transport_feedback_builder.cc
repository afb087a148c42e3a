#include <algorithm>
#include <limits>

#include "rtc/rtcp/transport_feedback.h"

namespace stellwerk {
namespace {

// RTCP header, two SSRCs and the fixed fields.
constexpr std::size_t kFixedSize = 20;
constexpr std::size_t kChunkSize = 2;
constexpr std::size_t kMaxRun = 0x1FFF;
constexpr std::size_t kMaxStatusCount = 0xFFFF;
constexpr int64_t kMaxSmallDelta = 0xFF;
constexpr int64_t kTicksPerReference = TransportFeedback::kReferenceTick / TransportFeedback::kTick;

// Fills one message as far as it goes. Times are in ticks since the epoch, which stays positive
// (1970).
class Message {
 public:
  Message(Ssrc sender, Ssrc media, uint8_t count, TransportSeqNum base, Timestamp first) {
    feedback_.sender = sender;
    feedback_.media = media;
    feedback_.feedback_count = count;
    feedback_.base = base;
    newest_ = base + -1;
    // The reference is 24 bits on the wire: take whole periods off, so that what is stored is what
    // a parser reads.
    const int64_t reference = ToTicks(first) / kTicksPerReference;
    const int64_t wrapped = (reference + (1 << 23)) % (1 << 24) - (1 << 23);
    epoch_ = (reference - wrapped) * kTicksPerReference;
    last_ticks_ = reference * kTicksPerReference;
  }

  // False if `packet` has to begin another message.
  bool Add(const TransportArrival& packet, std::size_t max_size) {
    const int step = packet.sequence_number - newest_;
    // Not sorted, or a duplicate: it has been reported or will be, so leave it out.
    if (step <= 0) return true;
    const int64_t ticks = ToTicks(packet.arrival);
    const int64_t delta = ticks - last_ticks_;
    if (delta < std::numeric_limits<int16_t>::min() ||
        delta > std::numeric_limits<int16_t>::max()) {
      return false;
    }
    const std::size_t status_count = feedback_.status_count + static_cast<std::size_t>(step);
    const std::size_t delta_bytes = delta_bytes_ + (delta >= 0 && delta <= kMaxSmallDelta ? 1 : 2);
    if (status_count > kMaxStatusCount) return false;
    if (!feedback_.received.empty() && SizeBound(status_count, delta_bytes) > max_size)
      return false;

    feedback_.status_count = static_cast<uint16_t>(status_count);
    feedback_.received.push_back({.sequence_number = packet.sequence_number,
                                  .arrival = (ticks - epoch_) * TransportFeedback::kTick});
    newest_ = packet.sequence_number;
    delta_bytes_ = delta_bytes;
    last_ticks_ = ticks;
    return true;
  }

  [[nodiscard]] TransportSeqNum next() const { return newest_ + 1; }
  [[nodiscard]] bool empty() const { return feedback_.received.empty(); }
  [[nodiscard]] TransportFeedback Take() && { return std::move(feedback_); }

 private:
  static int64_t ToTicks(Timestamp time) {
    return time.time_since_epoch() / TransportFeedback::kTick;
  }

  // Every chunk that is not a run of lost packets holds an arrival, and between two of those lies
  // at most one such run (or several of the greatest length). Vectors, when they are chosen, cover
  // seven packets at least.
  [[nodiscard]] std::size_t SizeBound(std::size_t status_count, std::size_t delta_bytes) const {
    const std::size_t by_arrivals = 2 * (feedback_.received.size() + 1);
    const std::size_t chunks = std::min(by_arrivals, status_count / 7) + status_count / kMaxRun + 2;
    return kFixedSize + kChunkSize * chunks + delta_bytes + 3;
  }

  TransportFeedback feedback_;
  TransportSeqNum newest_;  // the last one that status_count covers
  int64_t epoch_ = 0;
  int64_t last_ticks_ = 0;
  std::size_t delta_bytes_ = 0;
};

}  // namespace

std::vector<TransportFeedback> BuildTransportFeedback(Ssrc sender, Ssrc media, uint8_t first_count,
                                                      TransportSeqNum base,
                                                      std::span<const TransportArrival> arrivals,
                                                      std::size_t max_size) {
  std::vector<TransportFeedback> messages;
  auto count = first_count;
  while (!arrivals.empty()) {
    if (base.IsNewerThan(arrivals.front().sequence_number)) base = arrivals.front().sequence_number;
    Message message(sender, media, count, base, arrivals.front().arrival);
    std::size_t taken = 0;
    while (taken < arrivals.size() && message.Add(arrivals[taken], max_size)) ++taken;
    arrivals = arrivals.subspan(taken);
    base = message.next();
    if (message.empty()) continue;
    ++count;
    messages.push_back(std::move(message).Take());
  }
  return messages;
}

}  // namespace stellwerk
