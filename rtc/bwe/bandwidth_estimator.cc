#include "rtc/bwe/bandwidth_estimator.h"

#include <algorithm>

namespace stellwerk {

BandwidthEstimator::BandwidthEstimator(const Config& config) : config_(config) {
  estimate_.target = config.start;
  estimate_.capacity = config.start;
}

TransportSeqNum BandwidthEstimator::OnPacketSent(const SentPacketInfo& /*packet*/,
                                                 Timestamp /*now*/) {
  return TransportSeqNum(next_number_++);
}

void BandwidthEstimator::OnPacketSentWithoutNumber(const SentPacketInfo& /*packet*/,
                                                   Timestamp /*now*/) {}
void BandwidthEstimator::OnTransportFeedback(const TransportFeedback& /*feedback*/,
                                             Timestamp /*now*/) {}
void BandwidthEstimator::OnReceiverReport(float /*fraction_lost*/,
                                          std::optional<TimeDelta> round_trip_time,
                                          Timestamp /*now*/) {
  if (round_trip_time) estimate_.round_trip_time = round_trip_time;
}
void BandwidthEstimator::OnRemb(DataRate rate, Timestamp /*now*/) {
  estimate_.target = std::clamp(rate, config_.min, config_.max);
  ++version_;
}
void BandwidthEstimator::SetDemand(DataRate /*wanted*/, Timestamp /*now*/) {}
void BandwidthEstimator::HandleTimeout(Timestamp /*now*/) {}
Timestamp BandwidthEstimator::NextTimeout() const { return kNever; }
std::optional<ProbeCluster> BandwidthEstimator::TakeProbe(Timestamp /*now*/) {
  return std::nullopt;
}

}  // namespace stellwerk
