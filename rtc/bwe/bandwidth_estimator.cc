#include "rtc/bwe/bandwidth_estimator.h"

#include <algorithm>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

// What arrives is measured over the time of about that many full packets, within bounds.
constexpr DataSize kMeasured = DataSize::Bytes(25 * 1200);
constexpr TimeDelta kMinMeasured = milliseconds(150);
constexpr TimeDelta kMaxMeasured = milliseconds(500);
// Jitter moves packets into and out of the measured time.
constexpr int kJitterMeasured = 20;

constexpr TimeDelta kUsageWindow = milliseconds(500);
constexpr double kLimitedBelow = 0.7;
constexpr double kUnlimitedAbove = 0.85;

// A slope without any queue is noise.
constexpr TimeDelta kNoQueue = milliseconds(10);

// No feedback for so long, although packets went out: the way is blocked, or the feedback's is.
constexpr TimeDelta kSilence = milliseconds(1000);
constexpr TimeDelta kSilenceStep = milliseconds(500);
constexpr double kSilenceFactor = 0.8;

// Less than this is no jitter to speak of.
constexpr TimeDelta kNoJitter = milliseconds(5);
// For so long after a probe a queue up to that is its own.
constexpr TimeDelta kProbeQueue = milliseconds(250);
constexpr TimeDelta kProbeQueueBound = milliseconds(80);
// Loss beyond that is the queue's.
constexpr TimeDelta kLossyQueue = milliseconds(100);
// What is wanted, and a margin, is enough to know.
constexpr double kOfDemand = 1.15;

constexpr TimeDelta kMaxRoundTrip = std::chrono::seconds(10);

}  // namespace

BandwidthEstimator::BandwidthEstimator(const Config& config)
    : config_(config),
      rate_control_({.min = config.min, .start = config.start, .max = config.max}),
      report_control_(config.start, config.min, config.max) {
  estimate_.target = config.start;
  estimate_.capacity = config.start;
}

TransportSeqNum BandwidthEstimator::OnPacketSent(const SentPacketInfo& packet, Timestamp now) {
  CountSent(packet, now);
  if (!history_.last_sent()) probe_controller_.OnFirstPacket(now);
  if (silence_check_ == kNever) silence_check_ = now + kSilence;
  return history_.Add(packet, now);
}

void BandwidthEstimator::OnPacketSentWithoutNumber(const SentPacketInfo& packet, Timestamp now) {
  CountSent(packet, now);
  history_.AddWithoutNumber(packet.size);
}

void BandwidthEstimator::CountSent(const SentPacketInfo& packet, Timestamp now) {
  sent_rate_.OnPacket(now.time_since_epoch(), packet.size);
}

void BandwidthEstimator::OnTransportFeedback(const TransportFeedback& feedback, Timestamp now) {
  const std::span<const PacketResult> packets = history_.Match(feedback);
  if (packets.empty()) return;
  feedback_seen_ = true;
  last_feedback_ = now;
  silence_ = 1;
  silence_check_ = now + kSilence;
  JudgeRoundTrip(packets, now);
  const std::optional<ProbeResult> probe = TakeIn(packets, now);
  loss_control_.OnPackets(packets, queue_delay_.current() > kLossyQueue);
  UpdateRates(probe, now);
}

// The newest packet waited least for the feedback to be sent.
void BandwidthEstimator::JudgeRoundTrip(std::span<const PacketResult> packets, Timestamp now) {
  std::optional<Timestamp> newest;
  for (const PacketResult& packet : packets) {
    if (packet.arrival && (!newest || packet.sent > *newest)) newest = packet.sent;
  }
  if (!newest) return;
  const TimeDelta sample = std::clamp<TimeDelta>(now - *newest, TimeDelta{}, kMaxRoundTrip);
  const TimeDelta before = estimate_.round_trip_time.value_or(sample);
  estimate_.round_trip_time = before + (sample - before) / 8;
}

std::optional<ProbeResult> BandwidthEstimator::TakeIn(std::span<const PacketResult> packets,
                                                      Timestamp now) {
  std::optional<ProbeResult> probe;
  for (const PacketResult& packet : packets) {
    if (!packet.arrival) continue;
    arrival_rate_.OnPacket(*packet.arrival, packet.size + packet.unreported);
    queue_delay_.OnPacket(packet.sent, *packet.arrival);
    if (packet.probe) {
      probed_until_ = now + kProbeQueue;
      const auto result =
          probe_meter_.OnPacket(*packet.probe, packet.sent, *packet.arrival, packet.size);
      if (result) probe = result;
    }
    const auto step = groups_.OnPacket(packet.sent, *packet.arrival);
    if (!step) continue;
    const TimeDelta change = step->arrived - step->sent;
    jitter_ += ((change < TimeDelta{} ? -change : change) - jitter_) / 16;
    trendline_.OnStep(*step, JitterSpan(15));
    detector_.OnTrend(trendline_.slope(), trendline_.steps(), step->sent, now);
  }
  queue_delay_.Finish(JitterSpan(6), now);
  return probe;
}

std::optional<DataRate> BandwidthEstimator::Acknowledged() const {
  const double seconds = static_cast<double>(kMeasured.bytes()) * 8 /
                         static_cast<double>(std::max<int64_t>(rate_control_.capacity().bps(), 1));
  const auto by_rate = TimeDelta(static_cast<int64_t>(std::min(seconds, 1.0) * 1e9));
  const TimeDelta window =
      std::clamp(std::max(by_rate, kJitterMeasured * jitter_), kMinMeasured, kMaxMeasured);
  return arrival_rate_.Over(window);
}

void BandwidthEstimator::UpdateRates(const std::optional<ProbeResult>& probe, Timestamp now) {
  JudgeApplicationLimit(now);
  estimate_.queue_delay = queue_delay_.current();
  const auto acknowledged = Acknowledged();
  estimate_.acknowledged = acknowledged.value_or(DataRate{});

  const LinkUsage usage = Usage(now);
  estimate_.over_used = usage == LinkUsage::kOver;

  RateControl::Input input{
      .usage = usage,
      .acknowledged = acknowledged,
      .queue_delay = queue_delay_.current(),
      .round_trip_time = estimate_.round_trip_time.value_or(milliseconds(100)),
      .ceiling = demand_ > DataRate{} ? Scaled(demand_, kOfDemand) : config_.max,
      .application_limited = estimate_.application_limited,
      .used = used_,
      .now = now};
  // What the path loses at random was sent, and its bottleneck carried it or could have.
  if (acknowledged) {
    input.acknowledged = Scaled(*acknowledged, 1 / (1 - loss_control_.inherent_loss()));
  }
  input.hold = loss_control_.limit() && *loss_control_.limit() < rate_control_.capacity();
  const DataRate before = rate_control_.capacity();
  if (probe) TakeProbeResult(*probe);
  rate_control_.Update(input);
  if (rate_control_.capacity() < Scaled(before, 0.8)) probe_controller_.OnDrop(now);
  loss_control_.Update(rate_control_.capacity(), now);
  estimate_.loss = loss_control_.recent_loss();
  Publish(now);
  if (probe) probe_controller_.OnResult(*probe, ProbeState(now));
}

LinkUsage BandwidthEstimator::Usage(Timestamp now) const {
  const LinkUsage usage = detector_.usage();
  if (usage != LinkUsage::kOver) return usage;
  const TimeDelta queue = queue_delay_.current();
  if (queue < std::max(kNoQueue, JitterSpan(2))) return LinkUsage::kNormal;
  if (now < probed_until_ && queue < kProbeQueueBound) return LinkUsage::kNormal;
  return usage;
}

TimeDelta BandwidthEstimator::JitterSpan(int times) const {
  return jitter_ < kNoJitter ? TimeDelta{} : times * jitter_;
}

void BandwidthEstimator::TakeProbeResult(const ProbeResult& probe) {
  const DataRate before = rate_control_.capacity();
  if (probe.rate() > before) {
    // With much jitter it may be chance: go a part of the way, the next one will tell.
    const double trust =
        std::clamp(ToSeconds(kNoJitter) / std::max(ToSeconds(jitter_), 1e-6), 0.2, 1.0);
    rate_control_.OnProbed(before + Scaled(probe.rate() - before, trust));
    full_at_.reset();
    loss_control_.OnProbed(probe.rate());
  } else if (probe.saturated && full_by_ != probe.id) {
    // Two in a row that agree; while the link is in use the over-use detector knows better.
    if (full_at_ && !used_) {
      rate_control_.Lower(std::max({probe.rate(), *full_at_, estimate_.acknowledged}));
    }
    full_at_ = probe.rate();
    full_by_ = probe.id;
  }
}

void BandwidthEstimator::JudgeApplicationLimit(Timestamp now) {
  sent_rate_.OnPacket(now.time_since_epoch(), DataSize{});
  const auto sent = sent_rate_.Over(kUsageWindow);
  if (!sent) return;
  const double used = Ratio(*sent, estimate_.target);
  if (used < kLimitedBelow) estimate_.application_limited = true;
  used_ = used > kUnlimitedAbove;
  if (used_) estimate_.application_limited = false;
}

void BandwidthEstimator::Publish(Timestamp /*now*/) {
  if (!feedback_seen_) {
    if (report_control_.cap()) {
      SetTarget(report_control_.target(), EstimateLimit::kRemb);
    } else if (estimate_.target != report_control_.target()) {
      SetTarget(report_control_.target(),
                report_control_.limited_by_loss() ? EstimateLimit::kLoss : EstimateLimit::kNone);
    }
    return;
  }
  DataRate target = rate_control_.target();
  EstimateLimit limit = rate_control_.backed_off() ? EstimateLimit::kDelay : EstimateLimit::kNone;
  const auto cap = [&](std::optional<DataRate> rate, EstimateLimit by) {
    if (!rate || *rate >= target) return;
    target = *rate;
    limit = by;
  };
  cap(loss_control_.limit(), EstimateLimit::kLoss);
  cap(report_control_.cap(), EstimateLimit::kRemb);
  if (silence_ < 1) cap(Scaled(target, silence_), EstimateLimit::kSilent);
  SetTarget(target, limit);
  estimate_.capacity = std::max(estimate_.target, rate_control_.capacity());
  if (limit == EstimateLimit::kLoss || limit == EstimateLimit::kRemb) {
    estimate_.capacity = estimate_.target;
  }
}

void BandwidthEstimator::SetTarget(DataRate target, EstimateLimit limit) {
  target = std::clamp(target, config_.min, config_.max);
  if (target != estimate_.target) ++version_;
  estimate_.target = target;
  estimate_.limited_by = limit;
  if (!feedback_seen_) estimate_.capacity = target;
}

void BandwidthEstimator::OnReceiverReport(float fraction_lost,
                                          std::optional<TimeDelta> round_trip_time, Timestamp now) {
  if (round_trip_time) {
    estimate_.round_trip_time = std::clamp<TimeDelta>(*round_trip_time, TimeDelta{}, kMaxRoundTrip);
  }
  if (feedback_seen_) return;
  report_control_.OnReport(fraction_lost, now);
  estimate_.loss = std::clamp(fraction_lost, 0.0F, 1.0F);
  Publish(now);
}

void BandwidthEstimator::OnRemb(DataRate rate, Timestamp now) {
  report_control_.OnRemb(rate);
  Publish(now);
}

void BandwidthEstimator::SetDemand(DataRate wanted, Timestamp now) {
  demand_ = wanted;
  probe_controller_.SetDemand(wanted, ProbeState(now));
}

void BandwidthEstimator::HandleTimeout(Timestamp now) {
  if (now >= rate_control_.NextTimeout()) {
    rate_control_.HandleTimeout(now);
    Publish(now);
  }
  if (now < silence_check_) return;
  if (!feedback_seen_ || !history_.AnyInFlight() || now - history_.OldestInFlight(now) < kSilence) {
    silence_check_ = feedback_seen_ && history_.AnyInFlight() ? now + kSilenceStep : kNever;
    return;
  }
  silence_ *= kSilenceFactor;
  silence_check_ = now + kSilenceStep;
  Publish(now);
}

Timestamp BandwidthEstimator::NextTimeout() const {
  return std::min({silence_check_, probe_controller_.NextTimeout(), rate_control_.NextTimeout()});
}

ProbeController::State BandwidthEstimator::ProbeState(Timestamp now) const {
  DataRate max = config_.max;
  if (report_control_.cap()) max = std::min(max, *report_control_.cap());
  return {.estimate = estimate_.capacity,
          .max = max,
          .congested = estimate_.over_used || rate_control_.draining() || silence_ < 1,
          .lossy = estimate_.limited_by == EstimateLimit::kLoss,
          .round_trip_time = estimate_.round_trip_time.value_or(milliseconds(100)),
          .jitter = jitter_,
          .now = now};
}

std::optional<ProbeCluster> BandwidthEstimator::TakeProbe(Timestamp now) {
  if (now < probe_controller_.NextTimeout()) return std::nullopt;
  auto probe = probe_controller_.Take(ProbeState(now));
  if (probe) probe_meter_.OnProbeSent(*probe);
  return probe;
}

}  // namespace stellwerk
