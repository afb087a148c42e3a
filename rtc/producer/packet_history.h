#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/packet_pool.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"

namespace stellwerk {

// The latest packets of one encoding, kept once for all its consumers, to answer their NACKs from.
// Bounded in number and in time, so that a quiet stream does not hold buffers.
class PacketHistory {
 public:
  // What is needed to read the packet again. The payload may lie behind an RTX header, so it is not
  // found by parsing alone.
  struct Entry {
    PacketRef packet;
    ExtendedSeqNum seq;
    int64_t timestamp = 0;  // extended
    Timestamp captured{};
    uint16_t payload_offset = 0;
    uint16_t payload_size = 0;
    uint8_t codec = 0;
    bool marker = false;
  };
  static constexpr TimeDelta kMaxAge = std::chrono::seconds(2);

  // `capacity` is a power of two; 0 = keep nothing. Memory is taken with the first packet, for a
  // few, and more when so many come within kMaxAge.
  explicit PacketHistory(std::size_t capacity) : capacity_(capacity) {}

  void Store(Entry entry, Timestamp now);
  // nullptr if it is not there.
  [[nodiscard]] const Entry* Find(ExtendedSeqNum seq) const;
  // The payload of all packets from `first` to `last`; nullopt if one is not there, or it is more
  // than `limit`. Costs little: no packet is read.
  [[nodiscard]] std::optional<DataSize> SizeOf(ExtendedSeqNum first, ExtendedSeqNum last,
                                               DataSize limit) const;
  // Gives back what is older than kMaxAge; for a stream that stores nothing meanwhile.
  void Expire(Timestamp now) { DropOlderThan(now - kMaxAge); }
  void Clear();

 private:
  struct Slot {
    Entry entry;
    Timestamp stored;
  };
  static constexpr std::size_t kFirstCapacity = 32;

  [[nodiscard]] std::size_t Index(int64_t seq) const {
    return static_cast<std::size_t>(seq) & (ring_.size() - 1);
  }
  // For `count` numbers, or as many as there may be.
  void GrowTo(int64_t count);
  void DropOlderThan(Timestamp limit);

  std::size_t capacity_;
  std::vector<Slot> ring_;
  int64_t oldest_ = 0;  // nothing before it is kept
  int64_t newest_ = -1;
};

}  // namespace stellwerk
