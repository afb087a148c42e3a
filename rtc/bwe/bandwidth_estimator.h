#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/bwe/bandwidth_estimate.h"
#include "rtc/bwe/probe_cluster.h"
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
  TransportSeqNum OnPacketSent(const SentPacketInfo& packet, Timestamp now);
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

  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

  // The next probe to send, if one is due. Ask after every other call here; a probe that is taken
  // and cannot be sent is simply forgotten after a while.
  [[nodiscard]] std::optional<ProbeCluster> TakeProbe(Timestamp now);

  [[nodiscard]] const BandwidthEstimate& estimate() const { return estimate_; }
  // Changes whenever estimate().target does.
  [[nodiscard]] uint32_t version() const { return version_; }

 private:
  Config config_;
  BandwidthEstimate estimate_;
  uint32_t version_ = 0;
  uint16_t next_number_ = 1;
};

}  // namespace stellwerk
