#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/prefetch.h"
#include "rtc/base/units.h"
#include "rtc/bwe/sent_packet.h"
#include "rtc/rtcp/transport_feedback.h"

namespace stellwerk {

// What became of one sent packet.
struct PacketResult {
  Timestamp sent;
  // On the receiver's clock, unwrapped; nullopt: lost.
  std::optional<TimeDelta> arrival;
  DataSize size;
  // Of packets sent before it of which no feedback will speak (no number, or the feedback itself
  // was lost): they count as having arrived with this one.
  DataSize unreported;
  std::optional<ProbeClusterId> probe;
  bool was_lost = false;  // said earlier feedback: now it has arrived after all
};

// The packets in flight, by their transport-wide numbers, and their match with what feedback says.
// A ring: nothing at first, then 128 packets, doubled while packets fall out of it that are younger
// than kMaxAge, up to 8192. Each packet's fate is told once (twice if it was lost and then
// arrived), however often feedback repeats itself, so the work is bounded by what was sent.
class SentHistory {
 public:
  static constexpr TimeDelta kMaxAge = std::chrono::seconds(3);
  static constexpr std::size_t kMaxPackets = 8192;

  TransportSeqNum Add(const SentPacketInfo& packet, Timestamp now) {
    if (next_ - oldest_ == capacity_) MakeRoom(now);
    Entry& entry = At(next_);
    entry.sent = now;
    entry.unnumbered = static_cast<uint32_t>(unnumbered_.bytes());
    entry.size = static_cast<uint16_t>(std::min<int64_t>(packet.size.bytes(), UINT16_MAX));
    entry.fate = Fate::kInFlight;
    entry.probe = packet.probe ? ShortOf(*packet.probe) : kNoProbe;
    unnumbered_ = {};
    return TransportSeqNum(static_cast<uint16_t>(next_++ & 0xFFFF));
  }
  void AddWithoutNumber(DataSize size) { unnumbered_ += size; }

  // The next few packets will be added soon: has what they need fetched from memory.
  void PrefetchNext() const {
    if (capacity_ > 0) Prefetch(&At(next_), 4 * sizeof(Entry));
  }

  // The news in `feedback`, lost packets first, then the others in the order of their arrival.
  // Valid until the next call.
  std::span<const PacketResult> Match(const TransportFeedback& feedback);

  // Packets of whose fate nothing is known.
  [[nodiscard]] bool AnyInFlight() const { return spoken_until_ < next_; }
  // When the oldest of them was sent; `now` if there is none.
  [[nodiscard]] Timestamp OldestInFlight(Timestamp now) const;
  [[nodiscard]] std::optional<Timestamp> last_sent() const {
    return next_ == 1 ? std::nullopt : std::optional(At(next_ - 1).sent);
  }

 private:
  enum class Fate : uint8_t { kInFlight, kReceived, kLost, kAssumed };
  // Four to a cache line: of thousands of packets in flight each is touched twice.
  struct Entry {
    Timestamp sent;
    uint32_t unnumbered = 0;  // bytes of packets without a number before it
    uint16_t size = 0;
    Fate fate = Fate::kInFlight;
    uint8_t probe = 0;  // kNoProbe, or the low bits of its number
  };
  // Probes are so rare that of those in flight the low bits tell which one it was.
  static constexpr uint8_t kNoProbe = 0;
  static constexpr int32_t kShortProbes = 255;

  [[nodiscard]] Entry& At(int64_t number) {
    return entries_[static_cast<std::size_t>(number & (capacity_ - 1))];
  }
  [[nodiscard]] const Entry& At(int64_t number) const {
    return entries_[static_cast<std::size_t>(number & (capacity_ - 1))];
  }
  [[nodiscard]] int64_t Unwrap(TransportSeqNum number) const;
  void MakeRoom(Timestamp now);
  DataSize SkipUnreported(int64_t until);
  // Those of [spoken_until_, end) that `feedback`, which begins with `base`, does not list.
  void TakeLost(const TransportFeedback& feedback, int64_t base, int64_t end);
  [[nodiscard]] TimeDelta UnwrapArrival(TimeDelta arrival);
  [[nodiscard]] PacketResult& AddResult(const Entry& entry);
  [[nodiscard]] uint8_t ShortOf(ProbeClusterId probe);
  [[nodiscard]] ProbeClusterId LongOf(uint8_t probe) const;

  // What Add() needs comes first.
  int64_t next_ = 1;            // the next number to give
  int64_t oldest_ = 1;          // that is kept
  int64_t capacity_ = 0;        // of entries_
  std::vector<Entry> entries_;  // a power of two, or none
  DataSize unnumbered_;
  int64_t spoken_until_ = 1;  // feedback has spoken of all below, or never will
  int32_t newest_probe_ = 0;
  std::optional<TimeDelta> last_arrival_raw_;
  TimeDelta last_arrival_{};
  std::vector<PacketResult> results_;
};

}  // namespace stellwerk
