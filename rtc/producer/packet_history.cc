#include "rtc/producer/packet_history.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk {

void PacketHistory::Store(Entry entry, Timestamp now) {
  if (capacity_ == 0) return;
  const int64_t seq = entry.seq.value();
  if (ring_.empty()) {
    STELLWERK_CHECK((capacity_ & (capacity_ - 1)) == 0);
    ring_.resize(std::min(kFirstCapacity, capacity_));
    newest_ = oldest_ = seq;
  }
  if (seq <= newest_ - static_cast<int64_t>(capacity_)) return;
  DropOlderThan(now - kMaxAge);
  GrowTo(std::max(newest_, seq) - std::min(oldest_, seq) + 1);
  const auto size = static_cast<int64_t>(ring_.size());
  if (seq > newest_) {
    if (seq - newest_ >= size) {
      for (Slot& slot : ring_) slot.entry.packet = PacketRef();
      oldest_ = seq;
    } else {
      // The places between belong to numbers one round ago.
      for (int64_t s = newest_ + 1; s < seq; ++s) ring_[Index(s)].entry.packet = PacketRef();
    }
    newest_ = seq;
    oldest_ = std::max(oldest_, newest_ - size + 1);
  }
  oldest_ = std::min(oldest_, seq);
  ring_[Index(seq)] = Slot{.entry = std::move(entry), .stored = now};
}

void PacketHistory::GrowTo(int64_t count) {
  const std::size_t size =
      std::min(std::bit_ceil(static_cast<std::size_t>(std::max<int64_t>(count, 1))), capacity_);
  if (size <= ring_.size()) return;
  std::vector<Slot> larger(size);
  for (Slot& slot : ring_) {
    // What the numbers between have left behind was released already.
    if (slot.entry.packet) {
      larger[static_cast<std::size_t>(slot.entry.seq.value()) & (size - 1)] = std::move(slot);
    }
  }
  ring_ = std::move(larger);
}

void PacketHistory::DropOlderThan(Timestamp limit) {
  if (ring_.empty()) return;
  for (; oldest_ < newest_; ++oldest_) {
    Slot& slot = ring_[Index(oldest_)];
    if (slot.entry.packet && slot.stored >= limit) return;
    slot.entry.packet = PacketRef();
  }
  Slot& newest = ring_[Index(newest_)];
  if (newest.stored < limit) newest.entry.packet = PacketRef();
}

const PacketHistory::Entry* PacketHistory::Find(ExtendedSeqNum seq) const {
  if (ring_.empty() || seq.value() < oldest_ || seq.value() > newest_) return nullptr;
  const Entry& entry = ring_[Index(seq.value())].entry;
  return entry.packet && entry.seq == seq ? &entry : nullptr;
}

std::optional<DataSize> PacketHistory::SizeOf(ExtendedSeqNum first, ExtendedSeqNum last,
                                              DataSize limit) const {
  DataSize size;
  for (int64_t seq = first.value(); seq <= last.value(); ++seq) {
    const Entry* entry = Find(ExtendedSeqNum(seq));
    if (entry == nullptr) return std::nullopt;
    size += DataSize::Bytes(entry->payload_size);
    if (size > limit) return std::nullopt;
  }
  return size;
}

void PacketHistory::Clear() { ring_.clear(); }

}  // namespace stellwerk
