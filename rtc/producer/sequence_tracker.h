#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rtc/base/sequence_number.h"

namespace stellwerk {

// Extends the 16-bit sequence numbers of one SSRC and tells a sender that started anew from a stray
// packet (RFC 3550 §A.1). Extended numbers never go back: a restarted sender continues far above
// the old numbers. Trivially copyable.
class SequenceTracker {
 public:
  struct Position {
    ExtendedSeqNum seq;
    bool newest = false;     // ahead of everything before
    bool duplicate = false;  // had already arrived, by itself or by RTX
    bool restarted = false;  // the first packet that counts after the sender began anew
  };
  // nullopt: a jump that only the next packet can explain; drop this one.
  std::optional<Position> OnPacket(SeqNum seq);
  // The same for a number that came by RTX, which can't explain a jump. nullopt before the first
  // packet and for numbers far from the newest.
  std::optional<Position> OnRepaired(SeqNum seq);

  // The sender took a new SSRC: its next number begins anew, without doubt.
  void ExpectRestart() { restart_next_ = started_; }

  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] ExtendedSeqNum newest() const { return ExtendedSeqNum(newest_); }

  // How far behind the newest a packet may come.
  static constexpr int kWindow = 1024;

 private:
  // True if it was marked before.
  bool Mark(int64_t extended);
  void AdvanceTo(int64_t extended);

  std::array<uint64_t, kWindow / 64> seen_{};  // a bit per number in (newest - kWindow, newest]
  int64_t newest_ = 0;
  bool started_ = false;
  bool suspicious_ = false;
  bool restart_next_ = false;
  SeqNum expected_after_jump_;
};

}  // namespace stellwerk
