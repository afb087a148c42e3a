#include "bench/synthetic/reception.h"

#include <cstddef>

namespace stellwerk::synthetic {

ReceptionStats& ReceptionStats::operator+=(const ReceptionStats& other) {
  packets += other.packets;
  bytes += other.bytes;
  expected += other.expected;
  received += other.received;
  repaired += other.repaired;
  duplicates += other.duplicates;
  reordered += other.reordered;
  padding += other.padding;
  fillers += other.fillers;
  nacked += other.nacked;
  if (other.first_arrival) {
    first_arrival = std::min(first_arrival.value_or(*other.first_arrival), *other.first_arrival);
  }
  return *this;
}

void ReceptionMeter::OnPacket(std::size_t wire_size, Timestamp arrival) {
  ++stats_.packets;
  stats_.bytes += wire_size;
  if (!stats_.first_arrival) stats_.first_arrival = arrival;
}

void ReceptionMeter::OnOriginal(const SequenceTracker::Position& position) {
  const int64_t seq = position.seq.value();
  Extend(seq, position.restarted);
  if (position.duplicate) {
    ++stats_.duplicates;
    if (!SwapRepaired(seq, false)) return;
    // Its repair has overtaken it.
    --stats_.repaired;
  }
  ++stats_.received;
  if (highest_original_ && seq < *highest_original_) {
    ++stats_.reordered;
  } else {
    highest_original_ = seq;
  }
}

void ReceptionMeter::OnRepair(const SequenceTracker::Position& position) {
  Extend(position.seq.value(), position.restarted);
  if (position.duplicate) {
    ++stats_.duplicates;
    return;
  }
  ++stats_.repaired;
  SwapRepaired(position.seq.value(), true);
}

void ReceptionMeter::Extend(int64_t seq, bool restarted) {
  if (!started_ || restarted) {
    // What lies between two runs of numbers was never sent.
    started_ = true;
    lowest_ = highest_ = seq;
    ++stats_.expected;
    highest_original_.reset();
    by_rtx_ = {};
    return;
  }
  if (seq > highest_) {
    stats_.expected += static_cast<uint64_t>(seq - highest_);
    if (seq - highest_ >= static_cast<int64_t>(kWindow)) {
      by_rtx_ = {};
      highest_ = seq;
    }
    while (highest_ < seq) SwapRepaired(++highest_, false);
  } else if (seq < lowest_) {
    stats_.expected += static_cast<uint64_t>(lowest_ - seq);
    lowest_ = seq;
  }
}

bool ReceptionMeter::SwapRepaired(int64_t seq, bool mark) {
  const auto bit = static_cast<uint64_t>(seq) % kWindow;
  uint64_t& word = by_rtx_[bit / 64];
  const uint64_t mask = uint64_t{1} << (bit % 64);
  const bool before = (word & mask) != 0;
  word = mark ? word | mask : word & ~mask;
  return before;
}

}  // namespace stellwerk::synthetic
