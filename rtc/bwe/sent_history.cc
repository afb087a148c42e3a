#include "rtc/bwe/sent_history.h"

namespace stellwerk {
namespace {

constexpr int64_t kFirstPackets = 128;

}  // namespace

// The ring is full: grows it if what would fall out may still be spoken of.
void SentHistory::MakeRoom(Timestamp now) {
  const bool needed =
      capacity_ == 0 || (capacity_ < static_cast<int64_t>(kMaxPackets) &&
                         oldest_ >= spoken_until_ && now - At(oldest_).sent < kMaxAge);
  if (!needed) {
    ++oldest_;
    spoken_until_ = std::max(spoken_until_, oldest_);
    return;
  }
  const int64_t capacity = std::max(kFirstPackets, 2 * capacity_);
  std::vector<Entry> larger(static_cast<std::size_t>(capacity));
  for (int64_t number = oldest_; number < next_; ++number) {
    larger[static_cast<std::size_t>(number & (capacity - 1))] = At(number);
  }
  entries_ = std::move(larger);
  capacity_ = capacity;
}

uint8_t SentHistory::ShortOf(ProbeClusterId probe) {
  newest_probe_ = std::max(newest_probe_, probe.value());
  return static_cast<uint8_t>(1 + probe.value() % kShortProbes);
}

ProbeClusterId SentHistory::LongOf(uint8_t probe) const {
  const int32_t behind = (newest_probe_ - (probe - 1)) % kShortProbes;
  return ProbeClusterId(newest_probe_ - behind);
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
    TimeDelta step = arrival - *last_arrival_raw_;
    if (step > kPeriod / 2 || step < -kPeriod / 2) {
      step %= kPeriod;
      if (step > kPeriod / 2) step -= kPeriod;
      if (step < -kPeriod / 2) step += kPeriod;
    }
    last_arrival_ += step;
  } else {
    last_arrival_ = arrival;
  }
  last_arrival_raw_ = arrival;
  return last_arrival_;
}

PacketResult& SentHistory::AddResult(const Entry& entry) {
  PacketResult& result = results_.emplace_back();
  result.sent = entry.sent;
  result.size = DataSize::Bytes(entry.size);
  result.unreported = DataSize::Bytes(entry.unnumbered);
  if (entry.probe != kNoProbe) result.probe = LongOf(entry.probe);
  return result;
}

void SentHistory::TakeLost(const TransportFeedback& feedback, int64_t base, int64_t end) {
  auto listed = feedback.received.begin();
  const auto index_of = [&](const TransportFeedback::Received& received) {
    return base + static_cast<uint16_t>(received.sequence_number.value() - feedback.base.value());
  };
  for (int64_t number = spoken_until_; number < end; ++number) {
    while (listed != feedback.received.end() && index_of(*listed) < number) ++listed;
    if (listed != feedback.received.end() && index_of(*listed) == number) continue;
    Entry& entry = At(number);
    if (entry.fate != Fate::kInFlight) continue;
    entry.fate = Fate::kLost;
    static_cast<void>(AddResult(entry));
  }
}

std::span<const PacketResult> SentHistory::Match(const TransportFeedback& feedback) {
  results_.clear();
  const int64_t base = Unwrap(feedback.base);
  const int64_t begin = std::max(base, oldest_);
  const int64_t end = std::min(base + feedback.status_count, next_);
  if (begin >= end) return results_;  // speaks of nothing that we know

  DataSize skipped = SkipUnreported(begin);
  if (feedback.received.size() < feedback.status_count) TakeLost(feedback, base, end);
  const std::size_t lost = results_.size();
  bool sorted = true;
  for (const auto& received : feedback.received) {
    const TimeDelta arrival = UnwrapArrival(received.arrival);
    const int64_t number =
        base + static_cast<uint16_t>(received.sequence_number.value() - feedback.base.value());
    if (number < begin || number >= end) continue;
    Entry& entry = At(number);
    if (entry.fate == Fate::kReceived || entry.fate == Fate::kAssumed) continue;
    if (results_.size() > lost && arrival < *results_.back().arrival) sorted = false;
    PacketResult& result = AddResult(entry);
    result.arrival = arrival;
    result.was_lost = entry.fate == Fate::kLost;
    result.unreported += skipped;
    skipped = {};
    entry.fate = Fate::kReceived;
  }
  if (skipped > DataSize{}) unnumbered_ += skipped;
  spoken_until_ = std::max(spoken_until_, end);
  if (!sorted) {
    std::stable_sort(
        results_.begin() + static_cast<std::ptrdiff_t>(lost), results_.end(),
        [](const PacketResult& a, const PacketResult& b) { return *a.arrival < *b.arrival; });
  }
  return results_;
}

Timestamp SentHistory::OldestInFlight(Timestamp now) const {
  return AnyInFlight() ? At(spoken_until_).sent : now;
}

}  // namespace stellwerk
