#pragma once

#include "rtc/base/units.h"
#include "rtc/bwe/arrival_groups.h"
#include "rtc/bwe/overuse_detector.h"
#include "rtc/bwe/queue_delay.h"
#include "rtc/bwe/sent_history.h"
#include "rtc/bwe/trendline.h"

namespace stellwerk {

// What the packets' way tells by its length: whether the queue on it grows, how long it is, and
// how uneven the way is. The more jitter, the longer it looks before it says anything.
class PathDelay {
 public:
  // A packet that has arrived; in order of arrival.
  void OnPacket(const PacketResult& packet, Timestamp now) {
    if (!packet.arrival) return;
    if (packet.probe) probed_until_ = now + kProbeQueue;
    queue_.OnPacket(packet.sent, *packet.arrival);
    if (const auto step = groups_.OnPacket(packet.sent, *packet.arrival)) OnStep(*step, now);
  }
  // All packets of a feedback message were given.
  void Finish(Timestamp now);

  [[nodiscard]] LinkUsage usage() const { return usage_; }
  [[nodiscard]] TimeDelta queue() const { return queue_.current(); }
  // The mean change of delay from group to group.
  [[nodiscard]] TimeDelta jitter() const { return jitter_; }

  // Less than this is no jitter to speak of.
  static constexpr TimeDelta kNoJitter = std::chrono::milliseconds(5);

 private:
  // For so long after a probe a queue (up to a bound) is its own.
  static constexpr TimeDelta kProbeQueue = std::chrono::milliseconds(250);

  void OnStep(const ArrivalGroups::Step& step, Timestamp now);
  // So many times the jitter, if there is any.
  [[nodiscard]] TimeDelta Span(int times) const;
  [[nodiscard]] LinkUsage Judge(Timestamp now) const;

  ArrivalGroups groups_;
  Trendline trendline_;
  OveruseDetector detector_;
  QueueDelay queue_;
  TimeDelta jitter_{};
  Timestamp probed_until_;  // until then a queue may be there because of a probe
  LinkUsage usage_ = LinkUsage::kNormal;
};

}  // namespace stellwerk
