#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/outbox.h"
#include "rtc/base/units.h"
#include "rtc/bwe/bandwidth_estimate.h"
#include "rtc/router/downlink.h"
#include "rtc/rtcp/compound.h"

namespace stellwerk::synthetic {

class PublishedTrack;

// Makes a publisher obey its network, as browsers do: estimates from transport-wide feedback (or
// REMB) how much the way to the server carries, probes for more, spreads packets, and gives each
// encoding its rate. It is the server's own estimator and pacer, which serve either direction.
class PublisherRate {
 public:
  // So long a queue in the pacer, and cameras leave pictures out until it is shorter.
  static constexpr TimeDelta kMaxQueue = std::chrono::milliseconds(300);

  PublisherRate();

  // A packet that is to go: returns those that do go now, in this order, numbered transport-wide.
  // Others wait, and so may this one. Valid until the next call. Padding never waits.
  std::span<OutgoingRtp> Send(OutgoingRtp&& rtp, Timestamp now);
  // Of those that wait; the same.
  std::span<OutgoingRtp> Release(Timestamp now);
  // Bytes of padding that a probe lacks now.
  [[nodiscard]] DataSize PaddingNeeded(Timestamp now) { return downlink_.PaddingNeeded(now); }
  [[nodiscard]] bool congested() const { return downlink_.QueueDelay() > kMaxQueue; }

  // What the server says; `round_trip` if it is known.
  void HandleRtcp(const RtcpMessage& message, std::optional<TimeDelta> round_trip, Timestamp now);
  // Gives the tracks that run their rates, if the estimate or their demands have changed.
  void Share(std::span<PublishedTrack* const> tracks, Timestamp now);
  void HandleTimeout(Timestamp now) { downlink_.HandleTimeout(now); }
  [[nodiscard]] Timestamp NextTimeout() const { return downlink_.NextTimeout(); }

  [[nodiscard]] const BandwidthEstimate& estimate() const { return downlink_.estimate(); }

 private:
  Downlink downlink_;
  RtcOutbox outbox_;
  uint64_t seen_demand_ = 0;
};

}  // namespace stellwerk::synthetic
