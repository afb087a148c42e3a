#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/prefetch.h"
#include "rtc/base/units.h"
#include "rtc/bwe/arrival_rate.h"
#include "rtc/bwe/bandwidth_estimate.h"
#include "rtc/bwe/loss_control.h"
#include "rtc/bwe/path_delay.h"
#include "rtc/bwe/probe_cluster.h"
#include "rtc/bwe/probe_controller.h"
#include "rtc/bwe/probe_meter.h"
#include "rtc/bwe/rate_control.h"
#include "rtc/bwe/report_control.h"
#include "rtc/bwe/sent_history.h"
#include "rtc/bwe/sent_packet.h"
#include "rtc/rtcp/transport_feedback.h"

namespace stellwerk {

// How much one transport can be sent. Give it every RTP packet when it goes out and all feedback;
// read estimate() whenever version() has changed. See README.md for the parts.
class BandwidthEstimator {
 public:
  struct Config {
    DataRate min = DataRate::KilobitsPerSecond(30);
    DataRate start = DataRate::KilobitsPerSecond(500);
    DataRate max = DataRate::KilobitsPerSecond(50'000);
  };

  explicit BandwidthEstimator(const Config& config);
  BandwidthEstimator(BandwidthEstimator&&) noexcept = default;
  BandwidthEstimator& operator=(BandwidthEstimator&&) noexcept = default;

  // A packet goes out now. Returns the transport-wide number to write into it; so call it in the
  // order of sending. Allocates only when more is in flight than ever before.
  TransportSeqNum OnPacketSent(const SentPacketInfo& packet, Timestamp now) {
    CountSent(packet, now);
    if (silence_check_ == kNever) AwaitFeedback(now);
    return history_.Add(packet, now);
  }
  // OnPacketSent() will be called soon: has what it needs fetched from memory, and, when that is
  // there, what it refers to.
  void Prefetch() const { stellwerk::Prefetch(this, offsetof(BandwidthEstimator, arrival_rate_)); }
  void PrefetchHistory() const { history_.PrefetchNext(); }
  // The same for a packet that carries no number (not negotiated for its stream).
  void OnPacketSentWithoutNumber(const SentPacketInfo& packet, Timestamp now);

  void OnTransportFeedback(const TransportFeedback& feedback, Timestamp now);
  // RFC 3550 §6.4.1. Only what the RTT is matters once transport-wide feedback has come.
  void OnReceiverReport(float fraction_lost, std::optional<TimeDelta> round_trip_time,
                        Timestamp now);
  // draft-alvestrand-rmcat-remb: a cap; without transport-wide feedback the estimate itself.
  void OnRemb(DataRate rate, Timestamp now);
  // What all slots together would take if there were no limit (with audio and a share for
  // retransmissions). No probe looks for much more than that.
  void SetDemand(DataRate wanted, Timestamp now);
  // Probing begins with the first packet. Where none can be sent, for all there is seems too large,
  // it has to begin without.
  void StartProbing(Timestamp now);

  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const { return next_timeout_; }

  // The next probe to send, if one is due. Ask after every other call here; a probe that is taken
  // and cannot be sent is simply forgotten after a while.
  [[nodiscard]] std::optional<ProbeCluster> TakeProbe(Timestamp now);

  [[nodiscard]] const BandwidthEstimate& estimate() const { return estimate_; }
  // Changes whenever estimate().target does.
  [[nodiscard]] uint32_t version() const { return version_; }

 private:
  // Returns the best result of a probe in `packets`, if there is one.
  std::optional<ProbeResult> TakeIn(std::span<const PacketResult> packets, Timestamp now);
  void JudgeResponseTime(std::span<const PacketResult> packets, Timestamp now);
  void UpdateRates(const std::optional<ProbeResult>& probe, Timestamp now);
  // What arrives, over a time that is long enough to tell.
  [[nodiscard]] std::optional<DataRate> Acknowledged() const;
  [[nodiscard]] ProbeController::State ProbeState(Timestamp now) const;
  void CountSent(const SentPacketInfo& packet, Timestamp now) {
    sent_rate_.OnPacket(now.time_since_epoch(), packet.size);
  }
  void AwaitFeedback(Timestamp now);
  void JudgeSilence(Timestamp now);
  // After everything that may have changed a deadline.
  void UpdateTimeout();
  void JudgeApplicationLimit(Timestamp now);
  [[nodiscard]] LinkRoom JudgeRoom() const;
  void TakeProbeResult(const ProbeResult& probe, Timestamp now);
  void Publish();
  void SetTarget(DataRate target, EstimateLimit limit);

  // What every packet needs that is sent comes first.
  Timestamp next_timeout_ = kNever;
  Timestamp silence_check_ = kNever;
  SentHistory history_;
  ArrivalRate sent_rate_;  // on our clock
  ArrivalRate arrival_rate_;

  Config config_;
  BandwidthEstimate estimate_;
  uint32_t version_ = 0;
  PathDelay path_delay_;
  RateControl rate_control_;
  LossControl loss_control_;
  ReportControl report_control_;
  ProbeMeter probe_meter_;
  ProbeController probe_controller_;

  DataRate demand_;    // 0: not known
  bool used_ = false;  // the target, nearly
  // From sending a packet to its feedback.
  TimeDelta response_time_ = std::chrono::milliseconds(100);
  bool round_trip_reported_ = false;  // by RTCP, which is more exact
  // Of the last probe that found the link full.
  std::optional<DataRate> full_at_;
  std::optional<ProbeClusterId> full_by_;
  std::optional<ProbeResult> newest_probe_;
  std::optional<ProbeResult> probe_before_;
  bool feedback_seen_ = false;
  double silence_ = 1;  // part of the target that may be sent while no feedback comes
};

}  // namespace stellwerk
