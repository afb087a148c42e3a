#include "rtc/router/downlink.h"

#include <algorithm>
#include <utility>

#include "rtc/base/check.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"

namespace stellwerk {

Downlink::Downlink(const BandwidthEstimator::Config& estimator, const Pacer::Config& pacer)
    : pacer_(pacer), estimator_(estimator), pacer_config_(pacer) {}

void Downlink::Admit(std::size_t first, Timestamp now, RtcOutbox& out) {
  std::size_t kept = first;
  DataSize sent;
  for (std::size_t i = first; i < out.rtp.size(); ++i) {
    OutgoingRtp& rtp = out.rtp[i];
    if (estimated_ && !pacer_.CanSendNow(rtp, now)) {
      if (!pacer_.Enqueue(std::move(rtp), now)) out.drops.Count(DropReason::kQueueFull);
      continue;
    }
    const SentPacketInfo info = pacer_.OnSent(rtp, now);
    sent += info.size;
    Depart(rtp, info, now);
    if (kept != i) out.rtp[kept] = std::move(rtp);
    ++kept;
  }
  out.rtp.resize(kept);
  sent_.Add(sent, now);
}

void Downlink::AdmitPadding(std::size_t first, Timestamp now, RtcOutbox& out) {
  for (std::size_t i = first; i < out.rtp.size(); ++i) {
    OutgoingRtp& rtp = out.rtp[i];
    const SentPacketInfo info = pacer_.OnSent(rtp, now);
    padding_bytes_ += static_cast<uint64_t>(info.size.bytes());
    sent_.Add(info.size, now);
    Depart(rtp, info, now);
  }
}

void Downlink::Release(Timestamp now, RtcOutbox& out) {
  while (auto packet = pacer_.Next(now)) {
    out.pacing.Count(packet->waited);
    sent_.Add(packet->info.size, now);
    Depart(packet->rtp, packet->info, now);
    packet->rtp.arrival = {};  // it did not wait for us
    out.rtp.push_back(std::move(packet->rtp));
  }
}

void Downlink::Clear() { pacer_ = Pacer(pacer_config_); }

void Downlink::Depart(OutgoingRtp& rtp, const SentPacketInfo& info, Timestamp now) {
  if (rtp.transport_cc_offset == OutgoingRtp::kNoOffset) {
    estimator_.OnPacketSentWithoutNumber(info, now);
    return;
  }
  const auto bytes = SerializeTransportSeqNum(estimator_.OnPacketSent(info, now));
  STELLWERK_CHECK(rtp.transport_cc_offset + bytes.size() <= rtp.prefix_size);
  std::copy(bytes.begin(), bytes.end(), rtp.prefix.begin() + rtp.transport_cc_offset);
}

void Downlink::OnTransportFeedback(const TransportFeedback& feedback, Timestamp now) {
  estimator_.OnTransportFeedback(feedback, now);
  Follow(now);
}

void Downlink::OnReceiverReport(float fraction_lost, std::optional<TimeDelta> round_trip_time,
                                Timestamp now) {
  estimator_.OnReceiverReport(fraction_lost, round_trip_time, now);
  Follow(now);
}

void Downlink::OnRemb(DataRate rate, Timestamp now) {
  estimator_.OnRemb(rate, now);
  Follow(now);
}

void Downlink::SetDemand(DataRate wanted, Timestamp now) {
  estimator_.SetDemand(wanted, now);
  Follow(now);
}

void Downlink::StartProbing(Timestamp now) {
  estimator_.StartProbing(now);
  Follow(now);
}

void Downlink::HandleTimeout(Timestamp now) {
  if (!estimated_) return;
  estimator_.HandleTimeout(now);
  Follow(now);
}

Timestamp Downlink::NextTimeout() const {
  if (!estimated_) return pacer_.empty() ? kNever : pacer_.NextTimeout();
  return std::min(estimator_.NextTimeout(), pacer_.NextTimeout());
}

void Downlink::Follow(Timestamp now) {
  pacer_.SetTarget(estimator_.estimate().target, estimator_.estimate().room, now);
  while (const auto probe = estimator_.TakeProbe(now)) {
    if (!estimated_) continue;
    pacer_.StartProbe(*probe, now);
    ++probes_;
  }
}

bool Downlink::TakeEstimateChanged() {
  return std::exchange(seen_version_, estimator_.version()) != estimator_.version();
}

void Downlink::FillStats(TransportStats& stats, Timestamp now) const {
  const BandwidthEstimate& estimate = estimator_.estimate();
  stats.round_trip_time = estimate.round_trip_time;
  stats.estimate = estimate.target;
  stats.sent = sent_.Rate(now);
  stats.acknowledged = estimate.acknowledged;
  stats.loss = estimate.loss;
  stats.over_used = estimate.over_used;
  stats.application_limited = estimate.application_limited;
  stats.probes = probes_;
  stats.padding_bytes = padding_bytes_;
  stats.pacer_delay = pacer_.QueueDelay();
}

}  // namespace stellwerk
