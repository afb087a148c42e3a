#include "rtc/producer/nack_generator.h"

#include <algorithm>

namespace stellwerk {
namespace {

// What one subscriber's jitter buffer could still use.
constexpr std::size_t kMaxMissing = 500;
constexpr int64_t kMaxAge = 1000;  // packets behind the newest
constexpr uint8_t kMaxAttempts = 10;
constexpr TimeDelta kMinInterval = std::chrono::milliseconds(20);
constexpr TimeDelta kMaxInterval = std::chrono::milliseconds(500);

}  // namespace

bool NackGenerator::OnPacket(ExtendedSeqNum seq, Timestamp now, std::vector<SeqNum>& nacks) {
  if (!started_) {
    started_ = true;
    newest_ = seq.value();
    return true;
  }
  if (seq.value() <= newest_) {
    const auto found =
        std::lower_bound(missing_.begin(), missing_.end(), seq.value(),
                         [](const Missing& m, int64_t value) { return m.seq < value; });
    if (found != missing_.end() && found->seq == seq.value()) missing_.erase(found);
    return true;
  }
  const int64_t gap = seq.value() - newest_ - 1;
  if (gap == 0) {
    newest_ = seq.value();
    return true;
  }
  const auto young = std::find_if(missing_.begin(), missing_.end(),
                                  [&](const Missing& m) { return m.seq > seq.value() - kMaxAge; });
  missing_.erase(missing_.begin(), young);
  if (static_cast<std::size_t>(gap) + missing_.size() > kMaxMissing) {
    missing_.clear();
    newest_ = seq.value();
    return false;
  }
  for (int64_t lost = newest_ + 1; lost < seq.value(); ++lost) {
    missing_.push_back({.seq = lost, .next = now + interval_, .attempts = 1});
    nacks.push_back(ToSeqNum(ExtendedSeqNum(lost)));
  }
  newest_ = seq.value();
  return true;
}

void NackGenerator::Restart(ExtendedSeqNum seq) {
  missing_.clear();
  newest_ = seq.value();
  started_ = true;
}

void NackGenerator::OnRoundTripTime(TimeDelta rtt) {
  // A little more than the round trip, so that a retransmission under way is not asked for again.
  interval_ = std::clamp(rtt + rtt / 8, kMinInterval, kMaxInterval);
}

void NackGenerator::HandleTimeout(Timestamp now, std::vector<SeqNum>& nacks) {
  std::erase_if(missing_,
                [&](const Missing& m) { return m.next <= now && m.attempts >= kMaxAttempts; });
  for (Missing& m : missing_) {
    if (m.next > now) continue;
    m.next = now + interval_;
    ++m.attempts;
    nacks.push_back(ToSeqNum(ExtendedSeqNum(m.seq)));
  }
}

Timestamp NackGenerator::NextTimeout() const {
  Timestamp next = kNever;
  for (const Missing& m : missing_) next = std::min(next, m.next);
  return next;
}

}  // namespace stellwerk
