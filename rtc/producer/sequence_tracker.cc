#include "rtc/producer/sequence_tracker.h"

namespace stellwerk {
namespace {

// RFC 3550 §A.1: MAX_DROPOUT.
constexpr int kMaxDropout = 3000;
// Senders also repeat their latest packets unasked, to probe for bandwidth: that may bring one that
// was lost at the end of a burst, ahead of everything that has arrived.
constexpr int kMaxRepairedAhead = 100;

}  // namespace

std::optional<SequenceTracker::Position> SequenceTracker::OnPacket(SeqNum seq) {
  if (!started_) {
    started_ = true;
    // Leaves room below for packets that were overtaken by the first one.
    newest_ = 0x10000 + seq.value();
    Mark(newest_);
    return Position{.seq = newest(), .newest = true};
  }
  const int distance = seq - ToSeqNum(newest());
  if (!restart_next_ && distance > -kWindow && distance < kMaxDropout) {
    suspicious_ = false;
    const int64_t extended = newest_ + distance;
    if (distance > 0) AdvanceTo(extended);
    return Position{
        .seq = ExtendedSeqNum(extended), .newest = distance > 0, .duplicate = Mark(extended)};
  }
  if (!restart_next_ && (!suspicious_ || seq != expected_after_jump_)) {
    suspicious_ = true;
    expected_after_jump_ = seq + 1;
    return std::nullopt;
  }
  suspicious_ = restart_next_ = false;
  newest_ = ((newest_ >> 16) + 2) * 0x10000 + seq.value();
  seen_ = {};
  Mark(newest_);
  return Position{.seq = newest(), .newest = true, .restarted = true};
}

std::optional<SequenceTracker::Position> SequenceTracker::OnRepaired(SeqNum seq) {
  if (!started_ || restart_next_) return std::nullopt;
  const int distance = seq - ToSeqNum(newest());
  if (distance > kMaxRepairedAhead || distance <= -kWindow) return std::nullopt;
  const int64_t extended = newest_ + distance;
  if (distance > 0) AdvanceTo(extended);
  return Position{
      .seq = ExtendedSeqNum(extended), .newest = distance > 0, .duplicate = Mark(extended)};
}

bool SequenceTracker::Mark(int64_t extended) {
  const auto bit = static_cast<uint64_t>(extended) % kWindow;
  uint64_t& word = seen_[bit / 64];
  const uint64_t mask = uint64_t{1} << (bit % 64);
  const bool before = (word & mask) != 0;
  word |= mask;
  return before;
}

void SequenceTracker::AdvanceTo(int64_t extended) {
  if (extended - newest_ >= kWindow) {
    seen_ = {};
  } else {
    for (int64_t seq = newest_ + 1; seq <= extended; ++seq) {
      const auto bit = static_cast<uint64_t>(seq) % kWindow;
      seen_[bit / 64] &= ~(uint64_t{1} << (bit % 64));
    }
  }
  newest_ = extended;
}

}  // namespace stellwerk
