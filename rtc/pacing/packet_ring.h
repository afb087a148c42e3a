#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "rtc/base/outbox.h"
#include "rtc/base/units.h"

namespace stellwerk {

// A FIFO of packets that wait. It grows by doubling, so that a burst is cheap, and gives all its
// memory back when it runs empty after having grown large: most transports have nothing to wait for
// most of the time.
class PacketRing {
 public:
  struct Entry {
    OutgoingRtp rtp;
    Timestamp enqueued;
  };

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] DataSize size() const { return size_; }
  [[nodiscard]] Entry& front() { return entries_[first_]; }
  [[nodiscard]] const Entry& front() const { return entries_[first_]; }

  void Push(OutgoingRtp&& rtp, DataSize size, Timestamp now) {
    if (count_ == entries_.size()) Grow();
    Entry& entry = entries_[(first_ + count_) & (entries_.size() - 1)];
    entry.rtp = std::move(rtp);
    entry.enqueued = now;
    ++count_;
    size_ += size;
  }
  // `size` is what the packet was pushed with. The ring must not be empty.
  OutgoingRtp Pop(DataSize size) {
    OutgoingRtp rtp = std::move(entries_[first_].rtp);
    first_ = (first_ + 1) & (entries_.size() - 1);
    --count_;
    size_ -= size;
    if (count_ == 0 && entries_.size() > kKeptCapacity) Release();
    return rtp;
  }

 private:
  static constexpr std::size_t kFirstCapacity = 16;
  static constexpr std::size_t kKeptCapacity = 64;

  void Grow() {
    std::vector<Entry> larger(entries_.empty() ? kFirstCapacity : 2 * entries_.size());
    for (std::size_t i = 0; i < count_; ++i) {
      larger[i] = std::move(entries_[(first_ + i) & (entries_.size() - 1)]);
    }
    entries_ = std::move(larger);
    first_ = 0;
  }
  void Release() {
    entries_ = {};
    first_ = 0;
  }

  std::vector<Entry> entries_;  // a power of two
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  DataSize size_;
};

}  // namespace stellwerk
