#include "rtc/bwe/bandwidth_estimator.h"

#include <algorithm>

#include "rtc/base/deadline_grid.h"
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

// No feedback for so long, although packets went out: the way is blocked, or the feedback's is.
constexpr TimeDelta kSilence = milliseconds(1000);
constexpr TimeDelta kSilenceStep = milliseconds(500);
constexpr double kSilenceFactor = 0.8;
constexpr double kLeastSilence = 0.1;

// Twice what is wanted is enough to know.
constexpr double kOfDemand = 2;

// A link that carries so many times what is wanted, without a queue or much loss, is not what
// holds anything up. (Probes stop at 1.6 times.)
constexpr double kAmple = 1.4;
constexpr TimeDelta kNoQueue = milliseconds(10);
constexpr float kNoLoss = 0.02F;

constexpr TimeDelta kMaxRoundTrip = std::chrono::seconds(10);

}  // namespace

BandwidthEstimator::BandwidthEstimator(const Config& config)
    : config_(config),
      rate_control_({.min = config.min, .start = config.start, .max = config.max}),
      report_control_(config.start, config.min, config.max) {
  estimate_.target = config.start;
  estimate_.capacity = config.start;
}

void BandwidthEstimator::AwaitFeedback(Timestamp now) {
  probe_controller_.OnFirstPacket(now);
  silence_check_ = OnDeadlineGrid(now + kSilence);
  UpdateTimeout();
}

void BandwidthEstimator::OnPacketSentWithoutNumber(const SentPacketInfo& packet, Timestamp now) {
  CountSent(packet, now);
  history_.AddWithoutNumber(packet.size);
}

void BandwidthEstimator::OnTransportFeedback(const TransportFeedback& feedback, Timestamp now) {
  const std::span<const PacketResult> packets = history_.Match(feedback);
  if (packets.empty()) return;
  feedback_seen_ = true;
  silence_ = 1;
  silence_check_ = history_.AnyInFlight() ? OnDeadlineGrid(now + kSilence) : kNever;
  JudgeResponseTime(packets, now);
  const std::optional<ProbeResult> probe = TakeIn(packets, now);
  loss_control_.OnPackets(packets, path_delay_.queue());
  UpdateRates(probe, now);
  UpdateTimeout();
}

// The newest packet waited least for the feedback to be sent.
void BandwidthEstimator::JudgeResponseTime(std::span<const PacketResult> packets, Timestamp now) {
  std::optional<Timestamp> newest;
  for (const PacketResult& packet : packets) {
    if (packet.arrival && (!newest || packet.sent > *newest)) newest = packet.sent;
  }
  if (!newest) return;
  const TimeDelta sample = std::clamp<TimeDelta>(now - *newest, TimeDelta{}, kMaxRoundTrip);
  response_time_ += (sample - response_time_) / 8;
  if (!round_trip_reported_) estimate_.round_trip_time = response_time_;
}

std::optional<ProbeResult> BandwidthEstimator::TakeIn(std::span<const PacketResult> packets,
                                                      Timestamp now) {
  std::optional<ProbeResult> probe;
  for (const PacketResult& packet : packets) {
    if (!packet.arrival) continue;
    arrival_rate_.OnPacket(*packet.arrival, packet.size + packet.unreported);
    path_delay_.OnPacket(packet, now);
    if (!packet.probe) continue;
    const auto result =
        probe_meter_.OnPacket(*packet.probe, packet.sent, *packet.arrival, packet.size);
    if (result) probe = result;
  }
  path_delay_.Finish(now);
  return probe;
}

std::optional<DataRate> BandwidthEstimator::Acknowledged() const {
  const double seconds = static_cast<double>(kMeasured.bytes()) * 8 /
                         static_cast<double>(std::max<int64_t>(rate_control_.capacity().bps(), 1));
  const auto by_rate = TimeDelta(static_cast<int64_t>(std::min(seconds, 1.0) * 1e9));
  const TimeDelta window = std::clamp(std::max(by_rate, kJitterMeasured * path_delay_.jitter()),
                                      kMinMeasured, kMaxMeasured);
  return arrival_rate_.Over(window);
}

void BandwidthEstimator::UpdateRates(const std::optional<ProbeResult>& probe, Timestamp now) {
  JudgeApplicationLimit(now);
  estimate_.queue_delay = path_delay_.queue();
  const auto acknowledged = Acknowledged();
  estimate_.acknowledged = acknowledged.value_or(DataRate{});

  estimate_.over_used = path_delay_.usage() == LinkUsage::kOver;

  RateControl::Input input{
      .usage = path_delay_.usage(),
      .acknowledged = acknowledged,
      .queue_delay = path_delay_.queue(),
      .jitter = path_delay_.jitter(),
      .round_trip_time = response_time_,
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
  if (probe) TakeProbeResult(*probe, now);
  rate_control_.Update(input);
  if (rate_control_.capacity() < Scaled(before, 0.8)) probe_controller_.OnDrop(now);
  loss_control_.Update(rate_control_.capacity(), now);
  estimate_.loss = loss_control_.recent_loss();
  estimate_.inherent_loss = static_cast<float>(loss_control_.inherent_loss());
  Publish();
  estimate_.room = JudgeRoom();
  if (probe) probe_controller_.OnResult(*probe, ProbeState(now));
  probe_controller_.OnEstimate(ProbeState(now));
}

void BandwidthEstimator::TakeProbeResult(const ProbeResult& probe, Timestamp now) {
  if (newest_probe_ && newest_probe_->id != probe.id) probe_before_ = newest_probe_;
  newest_probe_ = probe;
  const DataRate before = rate_control_.capacity();
  DataRate found = probe.rate();
  if (path_delay_.jitter() > PathDelay::kNoJitter) {
    // It may be chance: what two in a row have found counts.
    found = probe_before_ ? std::min(found, probe_before_->rate()) : DataRate();
  }
  if (found > before) {
    rate_control_.OnProbed(found, now);
    full_at_.reset();
    loss_control_.OnProbed(found);
  } else if (probe.saturated && probe.rate() <= before && full_by_ != probe.id) {
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

LinkRoom BandwidthEstimator::JudgeRoom() const {
  if (rate_control_.draining()) return LinkRoom::kDraining;
  if (estimate_.over_used) return LinkRoom::kScarce;
  const bool ample = demand_ > DataRate{} && estimate_.target >= Scaled(demand_, kAmple) &&
                     estimate_.queue_delay < std::max(kNoQueue, path_delay_.jitter()) &&
                     estimate_.loss < kNoLoss;
  // More than is wanted is sent for a moment only, while pictures begin.
  if (ample) return LinkRoom::kAmple;
  return estimate_.application_limited ? LinkRoom::kSome : LinkRoom::kScarce;
}

void BandwidthEstimator::Publish() {
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
    round_trip_reported_ = true;
    estimate_.round_trip_time = std::clamp<TimeDelta>(*round_trip_time, TimeDelta{}, kMaxRoundTrip);
  }
  if (feedback_seen_) return;
  report_control_.OnReport(fraction_lost, now);
  estimate_.room = LinkRoom::kScarce;
  estimate_.loss = std::clamp(fraction_lost, 0.0F, 1.0F);
  Publish();
  UpdateTimeout();
}

void BandwidthEstimator::OnRemb(DataRate rate, Timestamp /*now*/) {
  report_control_.OnRemb(rate);
  if (!feedback_seen_) estimate_.room = LinkRoom::kScarce;
  Publish();
  UpdateTimeout();
}

void BandwidthEstimator::SetDemand(DataRate wanted, Timestamp now) {
  demand_ = wanted;
  probe_controller_.SetDemand(wanted, ProbeState(now));
  UpdateTimeout();
}

void BandwidthEstimator::StartProbing(Timestamp now) {
  probe_controller_.OnFirstPacket(now);
  UpdateTimeout();
}

void BandwidthEstimator::HandleTimeout(Timestamp now) {
  if (now >= rate_control_.NextTimeout()) {
    rate_control_.HandleTimeout(now);
    Publish();
    if (feedback_seen_) estimate_.room = JudgeRoom();
  }
  if (now >= silence_check_) JudgeSilence(now);
  UpdateTimeout();
}

void BandwidthEstimator::JudgeSilence(Timestamp now) {
  silence_check_ = kNever;
  if (!feedback_seen_ || !history_.AnyInFlight()) return;
  silence_check_ = OnDeadlineGrid(now + kSilenceStep);
  // The last packet before a pause may be lost, then nobody speaks of it: what counts is that
  // sending goes on.
  const Timestamp oldest = history_.OldestInFlight(now);
  if (now - oldest < kSilence || *history_.last_sent() - oldest < kSilence / 2) return;
  silence_ = std::max(silence_ * kSilenceFactor, kLeastSilence);
  estimate_.room = LinkRoom::kScarce;
  Publish();
}

void BandwidthEstimator::UpdateTimeout() {
  next_timeout_ =
      std::min({silence_check_, probe_controller_.NextTimeout(), rate_control_.NextTimeout()});
}

ProbeController::State BandwidthEstimator::ProbeState(Timestamp now) const {
  DataRate max = config_.max;
  if (report_control_.cap()) max = std::min(max, *report_control_.cap());
  return {.estimate = estimate_.capacity,
          .max = max,
          .congested = estimate_.over_used || rate_control_.draining() || silence_ < 1,
          .lossy = estimate_.limited_by == EstimateLimit::kLoss,
          .jitter = path_delay_.jitter(),
          .now = now};
}

std::optional<ProbeCluster> BandwidthEstimator::TakeProbe(Timestamp now) {
  if (now < probe_controller_.NextTimeout()) return std::nullopt;
  auto probe = probe_controller_.Take(ProbeState(now));
  if (probe) probe_meter_.OnProbeSent(*probe);
  UpdateTimeout();
  return probe;
}

}  // namespace stellwerk
