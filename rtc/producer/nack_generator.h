#pragma once

#include <cstdint>
#include <vector>

#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Decides which missing packets of one SSRC to ask for again, and when (RFC 4585 §6.2.1): at once
// when a gap shows, then about once per round trip until the packet arrives or is given up.
class NackGenerator {
 public:
  // A packet arrived, by itself or by RTX. Numbers to ask for now are appended to `nacks`.
  // Returns false if so much is missing that asking is hopeless: everything is forgotten, a
  // keyframe is needed.
  [[nodiscard]] bool OnPacket(ExtendedSeqNum seq, Timestamp now, std::vector<SeqNum>& nacks);
  // The sender began anew at `seq`.
  void Restart(ExtendedSeqNum seq);
  void OnRoundTripTime(TimeDelta rtt);

  void HandleTimeout(Timestamp now, std::vector<SeqNum>& nacks);
  [[nodiscard]] Timestamp NextTimeout() const;
  [[nodiscard]] std::size_t missing() const { return missing_.size(); }

 private:
  struct Missing {
    int64_t seq;
    Timestamp next;
    uint8_t attempts;
  };

  std::vector<Missing> missing_;  // ascending
  int64_t newest_ = 0;
  bool started_ = false;
  TimeDelta interval_ = std::chrono::milliseconds(100);
};

}  // namespace stellwerk
