#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

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
// A ring: 256 packets at first, doubled while packets fall out of it that are younger than
// kMaxAge, up to 8192. Each packet's fate is told once (twice if it was lost and then arrived),
// however often feedback repeats itself, so the work is bounded by what was sent.
class SentHistory {
 public:
  static constexpr TimeDelta kMaxAge = std::chrono::seconds(3);
  static constexpr std::size_t kMaxPackets = 8192;

  SentHistory();

  TransportSeqNum Add(const SentPacketInfo& packet, Timestamp now);
  void AddWithoutNumber(DataSize size) { unnumbered_ += size; }

  // The news in `feedback`, lost packets first, then the others in the order of their arrival.
  // Valid until the next call.
  std::span<const PacketResult> Match(const TransportFeedback& feedback);

  // Packets of whose fate nothing is known.
  [[nodiscard]] bool AnyInFlight() const { return spoken_until_ < next_; }
  // When the oldest of them was sent; `now` if there is none.
  [[nodiscard]] Timestamp OldestInFlight(Timestamp now) const;
  [[nodiscard]] std::optional<Timestamp> last_sent() const { return last_sent_; }

 private:
  enum class Fate : uint8_t { kInFlight, kReceived, kLost, kAssumed };
  struct Entry {
    Timestamp sent;
    uint32_t size = 0;
    uint32_t unnumbered = 0;  // bytes of packets without a number before it
    int32_t probe = kNoProbe;
    Fate fate = Fate::kInFlight;
  };
  static constexpr int32_t kNoProbe = -1;

  [[nodiscard]] Entry& At(int64_t number) {
    return entries_[static_cast<std::size_t>(number) & (entries_.size() - 1)];
  }
  [[nodiscard]] const Entry& At(int64_t number) const {
    return entries_[static_cast<std::size_t>(number) & (entries_.size() - 1)];
  }
  [[nodiscard]] int64_t oldest() const;
  [[nodiscard]] int64_t Unwrap(TransportSeqNum number) const;
  void Grow();
  DataSize SkipUnreported(int64_t until);
  [[nodiscard]] TimeDelta UnwrapArrival(TimeDelta arrival);
  [[nodiscard]] PacketResult ResultOf(const Entry& entry) const;

  std::vector<Entry> entries_;
  int64_t first_ = 1;         // the oldest that was ever kept
  int64_t next_ = 1;          // the next number to give
  int64_t spoken_until_ = 1;  // feedback has spoken of all below, or never will
  DataSize unnumbered_;
  std::optional<Timestamp> last_sent_;
  std::optional<TimeDelta> last_arrival_raw_;
  TimeDelta last_arrival_{};
  std::vector<PacketResult> results_;
};

}  // namespace stellwerk
