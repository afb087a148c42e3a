#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"
#include "rtc/producer/sequence_tracker.h"

namespace stellwerk::synthetic {

// How the payload of what a slot receives is treated.
enum class Verification : uint8_t {
  kAll,                  // everything is decrypted and judged
  kUntilFirstDecodable,  // ... until the slot's first decodable frame; from then on as kNone
  // Originals are counted by their clear headers, neither decrypted nor authenticated; so there is
  // no verdict, no transit time, and nobody asks for keyframes. RTX is decrypted, for its payload
  // says what it repairs. RTCP is as ever.
  kNone,
};

// What the network did to one received stream, or to several of them summed. A copy of a packet
// that SRTP has refused (RFC 3711 §3.3.2) is in `duplicates` of a participant's sum only: nobody
// knows which slot it would have been for.
struct ReceptionStats {
  uint64_t packets = 0;   // RTP, RTX and padding included
  uint64_t bytes = 0;     // of these, as SRTP on the wire
  uint64_t expected = 0;  // numbers, from the lowest to the highest that came
  uint64_t received = 0;  // of these, such whose packet came by itself (or late, after its repair)
  uint64_t repaired = 0;  // of these, such that came by RTX only
  // Came when the number was there already, by itself or by RTX.
  uint64_t duplicates = 0;
  // RFC 4737 §3.3: came by itself with a number lower than one that had come by itself before.
  uint64_t reordered = 0;
  uint64_t padding = 0;  // RTX without a payload: a probe
  uint64_t fillers = 0;  // originals without a payload: they have but a number
  uint64_t nacked = 0;   // numbers that were asked for, each time
  std::optional<Timestamp> first_arrival = {};  // of any packet

  // Numbers that did not come by themselves; what is late counts until it comes.
  [[nodiscard]] uint64_t lost_before_repair() const { return expected - received; }
  // Numbers that have not come at all; what may still be repaired counts until it is.
  [[nodiscard]] uint64_t lost() const { return expected - received - repaired; }

  ReceptionStats& operator+=(const ReceptionStats& other);
};

// Counts the packets of one stream. The caller extends the numbers.
class ReceptionMeter {
 public:
  // Each packet that concerns the stream, before the others below; `wire_size` as in ReceivedMedia.
  void OnPacket(std::size_t wire_size, Timestamp arrival);
  void OnOriginal(const SequenceTracker::Position& position);
  void OnRepair(const SequenceTracker::Position& position);
  void OnPadding() { ++stats_.padding; }
  void OnFiller() { ++stats_.fillers; }
  void OnNacks(std::size_t count) { stats_.nacked += count; }

  [[nodiscard]] const ReceptionStats& stats() const { return stats_; }

 private:
  static constexpr std::size_t kWindow = SequenceTracker::kWindow;
  void Extend(int64_t seq, bool restarted);
  // Whether `seq` came by RTX; `mark` is what is remembered from now on.
  bool SwapRepaired(int64_t seq, bool mark);

  ReceptionStats stats_;
  bool started_ = false;
  int64_t lowest_ = 0;
  int64_t highest_ = 0;
  std::optional<int64_t> highest_original_;
  // A bit for each of the newest numbers that came by RTX and not by itself.
  std::array<uint64_t, kWindow / 64> by_rtx_{};
};

}  // namespace stellwerk::synthetic
