#pragma once

#include <cstdint>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/transport_feedback.h"

namespace stellwerk {

// Notes when the packets of one transport arrived and turns that into transport-wide feedback, by
// which the publisher estimates its bandwidth. It has to see every packet that carries the
// extension, also RTX and padding: what is not reported counts as lost.
class TransportCcRecorder {
 public:
  void OnPacket(TransportSeqNum number, Timestamp arrival, Timestamp now);
  // Feedback that is due, to be sent in this order. `media` is any stream of the transport.
  [[nodiscard]] std::vector<TransportFeedback> HandleTimeout(Timestamp now, Ssrc sender,
                                                             Ssrc media);
  [[nodiscard]] Timestamp NextTimeout() const { return next_; }

 private:
  struct Arrival {
    int64_t number;
    Timestamp time;
  };
  void Append(Ssrc sender, Ssrc media, int64_t base, std::span<const TransportArrival> arrivals,
              std::vector<TransportFeedback>& out);

  Unwrapper<TransportSeqNum> unwrapper_;
  std::vector<Arrival> arrivals_;          // not reported yet, ascending
  std::vector<TransportArrival> scratch_;  // kept for its memory
  bool started_ = false;
  int64_t base_ = 0;  // the first number that no feedback has spoken of
  uint8_t feedback_count_ = 0;
  Timestamp first_at_{};
  Timestamp next_ = kNever;
};

}  // namespace stellwerk
