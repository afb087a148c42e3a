#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/media_stats.h"
#include "rtc/base/outbox.h"
#include "rtc/base/prefetch.h"
#include "rtc/base/rate_meter.h"
#include "rtc/base/units.h"
#include "rtc/bwe/bandwidth_estimator.h"
#include "rtc/pacing/pacer.h"
#include "rtc/rtcp/transport_feedback.h"

namespace stellwerk {

// The way to one subscriber, as its router sees it: estimates how much fits, spreads what is sent,
// and numbers each packet when it goes. What it lets go is in RtcOutbox::rtp in the order of the
// transport-wide numbers, and has to be sent in this turn.
class Downlink {
 public:
  Downlink() : Downlink({}, {}) {}
  Downlink(const BandwidthEstimator::Config& estimator, const Pacer::Config& pacer);

  // Whether the receiver tells what arrives, by one means or another. As long as it does not (which
  // is how a downlink begins) there is no estimate to hold to: everything goes at once.
  void SetEstimated(bool estimated) { estimated_ = estimated; }
  [[nodiscard]] bool estimated() const { return estimated_; }

  // Admit() will be called soon: has what it needs fetched from memory.
  void Prefetch() const {
    stellwerk::Prefetch(this, offsetof(Downlink, pacer_));
    pacer_.Prefetch();
    estimator_.Prefetch();
  }
  void PrefetchHistory() const { estimator_.PrefetchHistory(); }
  // The packets of this transport that were appended to out.rtp from `first` on: those that may go
  // now stay there, the others are taken out to wait for their turn.
  void Admit(std::size_t first, Timestamp now, RtcOutbox& out);
  // The same for padding that PaddingNeeded() asked for: it goes now.
  void AdmitPadding(std::size_t first, Timestamp now, RtcOutbox& out);
  // Appends what may go now of what waits.
  void Release(Timestamp now, RtcOutbox& out);
  // The bytes of padding that a probe lacks now.
  [[nodiscard]] DataSize PaddingNeeded(Timestamp now) { return pacer_.PaddingNeeded(now); }
  // What a packet that has to wait would wait.
  [[nodiscard]] TimeDelta QueueDelay() const { return pacer_.QueueDelay(); }
  // What waits, of all streams.
  [[nodiscard]] DataSize queued() const { return pacer_.queued(); }
  [[nodiscard]] DataSize queued_repairs() const { return pacer_.queued_repairs(); }
  // The streams of which packets were dropped since the last call: their receivers need a keyframe.
  [[nodiscard]] std::vector<Ssrc> TakeDroppedStreams() { return pacer_.TakeDroppedStreams(); }
  // The transport is gone, or has new keys: nothing that waits is of use.
  void Clear();

  void OnTransportFeedback(const TransportFeedback& feedback, Timestamp now);
  void OnReceiverReport(float fraction_lost, std::optional<TimeDelta> round_trip_time,
                        Timestamp now);
  void OnRemb(DataRate rate, Timestamp now);
  // What all slots together would take if there were no limit.
  void SetDemand(DataRate wanted, Timestamp now);
  // Nothing can be sent, for all there is seems too large: looks for what the link carries.
  void StartProbing(Timestamp now);

  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

  [[nodiscard]] const BandwidthEstimate& estimate() const { return estimator_.estimate(); }
  // The estimate was not the same at the last call.
  [[nodiscard]] bool TakeEstimateChanged();
  // What the estimate and the pacer say; the rest is the room's.
  void FillStats(TransportStats& stats, Timestamp now) const;

 private:
  // After everything that may have changed the estimate.
  void Follow(Timestamp now);
  void Depart(OutgoingRtp& rtp, const SentPacketInfo& info, Timestamp now);

  bool estimated_ = false;
  RateMeter sent_;
  Pacer pacer_;
  BandwidthEstimator estimator_;
  Pacer::Config pacer_config_;
  uint64_t probes_ = 0;
  uint64_t padding_bytes_ = 0;
  uint32_t seen_version_ = 0;
};

}  // namespace stellwerk
