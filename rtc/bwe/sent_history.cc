#include "rtc/bwe/sent_history.h"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr std::size_t kFirstPackets = 256;

}  // namespace

SentHistory::SentHistory() : entries_(kFirstPackets) {}

int64_t SentHistory::oldest() const {
  return std::max(first_, next_ - static_cast<int64_t>(entries_.size()));
}

TransportSeqNum SentHistory::Add(const SentPacketInfo& packet, Timestamp now) {
  const bool full = next_ - oldest() == static_cast<int64_t>(entries_.size());
  if (full && entries_.size() < kMaxPackets && oldest() >= spoken_until_ &&
      now - At(oldest()).sent < kMaxAge) {
    Grow();
  }
  At(next_) = {.sent = now,
               .size = static_cast<uint32_t>(packet.size.bytes()),
               .unnumbered = static_cast<uint32_t>(unnumbered_.bytes()),
               .probe = packet.probe ? packet.probe->value() : kNoProbe};
  unnumbered_ = {};
  last_sent_ = now;
  const TransportSeqNum number(static_cast<uint16_t>(next_ & 0xFFFF));
  ++next_;
  spoken_until_ = std::max(spoken_until_, oldest());
  return number;
}

void SentHistory::Grow() {
  std::vector<Entry> larger(2 * entries_.size());
  for (int64_t number = oldest(); number < next_; ++number) {
    larger[static_cast<std::size_t>(number) & (larger.size() - 1)] = At(number);
  }
  // What fell out before does not come back.
  first_ = oldest();
  entries_ = std::move(larger);
}

// The number nearest to the newest one sent.
int64_t SentHistory::Unwrap(TransportSeqNum number) const {
  const TransportSeqNum newest(static_cast<uint16_t>((next_ - 1) & 0xFFFF));
  return next_ - 1 + (number - newest);
}

// The bytes that feedback passed over when it goes on with `until`: feedback was lost, they count
// as arrived.
DataSize SentHistory::SkipUnreported(int64_t until) {
  DataSize skipped;
  for (; spoken_until_ < until; ++spoken_until_) {
    Entry& entry = At(spoken_until_);
    if (entry.fate != Fate::kInFlight) continue;
    entry.fate = Fate::kAssumed;
    skipped += DataSize::Bytes(int64_t{entry.size} + entry.unnumbered);
  }
  return skipped;
}

TimeDelta SentHistory::UnwrapArrival(TimeDelta arrival) {
  constexpr TimeDelta kPeriod = TransportFeedback::kReferencePeriod;
  if (last_arrival_raw_) {
    TimeDelta step = (arrival - *last_arrival_raw_) % kPeriod;
    if (step > kPeriod / 2) step -= kPeriod;
    if (step < -kPeriod / 2) step += kPeriod;
    last_arrival_ += step;
  } else {
    last_arrival_ = arrival;
  }
  last_arrival_raw_ = arrival;
  return last_arrival_;
}

PacketResult SentHistory::ResultOf(const Entry& entry) const {
  PacketResult result{.sent = entry.sent,
                      .arrival = std::nullopt,
                      .size = DataSize::Bytes(entry.size),
                      .unreported = DataSize::Bytes(entry.unnumbered),
                      .probe = std::nullopt};
  if (entry.probe != kNoProbe) result.probe = ProbeClusterId(entry.probe);
  return result;
}

std::span<const PacketResult> SentHistory::Match(const TransportFeedback& feedback) {
  results_.clear();
  const int64_t base = Unwrap(feedback.base);
  const int64_t begin = std::max(base, oldest());
  const int64_t end = std::min(base + feedback.status_count, next_);
  if (begin >= end) return results_;  // speaks of nothing that we know

  DataSize skipped = SkipUnreported(begin);
  for (const auto& received : feedback.received) {
    const TimeDelta arrival = UnwrapArrival(received.arrival);
    const int64_t number =
        base + static_cast<uint16_t>(received.sequence_number.value() - feedback.base.value());
    if (number < begin || number >= end) continue;
    Entry& entry = At(number);
    if (entry.fate == Fate::kReceived || entry.fate == Fate::kAssumed) continue;
    PacketResult& result = results_.emplace_back(ResultOf(entry));
    result.arrival = arrival;
    result.was_lost = entry.fate == Fate::kLost;
    result.unreported += skipped;
    skipped = {};
    entry.fate = Fate::kReceived;
  }
  if (skipped > DataSize{}) unnumbered_ += skipped;
  for (; spoken_until_ < end; ++spoken_until_) {
    Entry& entry = At(spoken_until_);
    if (entry.fate != Fate::kInFlight) continue;
    entry.fate = Fate::kLost;
    results_.push_back(ResultOf(entry));
  }
  const auto by_arrival = [](const PacketResult& a, const PacketResult& b) {
    return a.arrival < b.arrival;  // nullopt is the least
  };
  if (!std::is_sorted(results_.begin(), results_.end(), by_arrival)) {
    std::stable_sort(results_.begin(), results_.end(), by_arrival);
  }
  return results_;
}

Timestamp SentHistory::OldestInFlight(Timestamp now) const {
  return AnyInFlight() ? At(spoken_until_).sent : now;
}

}  // namespace stellwerk
