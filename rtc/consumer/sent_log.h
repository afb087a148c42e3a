#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/prefetch.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"
#include "rtc/consumer/frame_rewriter.h"
#include "rtc/producer/packet_history.h"

namespace stellwerk {

// What a slot sent under which number: enough to find the source packet in its producer's history
// and to rewrite it once more in the same way.
class SentLog {
 public:
  struct Entry {
    int64_t output = -1;
    int64_t source_seq = 0;
    Timestamp resent{};  // or first sent
    ProducerId producer;
    RtpTimestamp timestamp;
    FrameNumbers frame;
    uint8_t encoding = 0;
    uint8_t codec = 0;    // index into the slot's codecs
    bool filler = false;  // an empty packet
    bool marker = false;
    bool rewrites_payload = true;
    bool given_up = false;  // asked for, and could not be sent again
    uint16_t size = 0;      // on the wire
    uint8_t resends = 0;
  };

  // Keeps the latest `capacity` (a power of two) packets; 0 = none. Takes memory with the first,
  // for a few, and more when so many are sent while their producer still has them.
  explicit SentLog(std::size_t capacity) : capacity_(capacity) {}

  void Add(const Entry& entry) {
    if (ring_.empty()) ring_.resize(std::min(kFirstCapacity, capacity_));
    if (ring_.empty()) return;
    while (ring_.size() < capacity_ && IsUseful(ring_[Index(entry.output)], entry.resent)) Grow();
    ring_[Index(entry.output)] = entry;
  }
  // The next few packets will be added from `output` on.
  void PrefetchNext(int64_t output) const {
    if (!ring_.empty()) Prefetch(&ring_[Index(output)], 4 * sizeof(Entry));
  }
  // nullptr if nothing was sent under this number, or too long ago.
  [[nodiscard]] Entry* Find(int64_t output) {
    if (ring_.empty() || output < 0) return nullptr;
    Entry& entry = ring_[Index(output)];
    return entry.output == output ? &entry : nullptr;
  }

 private:
  static constexpr std::size_t kFirstCapacity = 32;

  [[nodiscard]] static bool IsUseful(const Entry& entry, Timestamp now) {
    return entry.output >= 0 && now - entry.resent <= PacketHistory::kMaxAge;
  }
  void Grow() {
    std::vector<Entry> before(2 * ring_.size());
    before.swap(ring_);
    for (const Entry& entry : before) {
      if (entry.output < 0) continue;
      Entry& place = ring_[Index(entry.output)];
      if (place.output < entry.output) place = entry;
    }
  }
  [[nodiscard]] std::size_t Index(int64_t output) const {
    return static_cast<std::size_t>(output) & (ring_.size() - 1);
  }
  std::size_t capacity_;
  std::vector<Entry> ring_;
};

}  // namespace stellwerk
