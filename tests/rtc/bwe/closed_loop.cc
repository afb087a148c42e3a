#include "tests/rtc/bwe/closed_loop.h"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kPayload = 1100;
constexpr TimeDelta kSamplePeriod = milliseconds(100);

OutgoingRtp MakePacket(RtpClass media_class, int64_t size) {
  OutgoingRtp rtp;
  rtp.media_class = media_class;
  rtp.ssrc = Ssrc(1);
  rtp.payload_size = static_cast<uint16_t>(size);
  return rtp;
}

}  // namespace

ClosedLoop::ClosedLoop(Config config)
    : config_(std::move(config)),
      random_(config_.seed),
      link_(config_.link, config_.seed + 1, kStart),
      estimator_(BandwidthEstimator::Config{.start = config_.start}) {
  pacer_.SetTarget(config_.start, LinkRoom::kScarce, now_);
  if (config_.demand > DataRate{}) estimator_.SetDemand(config_.demand, now_);
}

DataRate ClosedLoop::MediaRate() {
  const DataRate target = estimator_.estimate().target;
  DataRate wanted = target;
  if (!config_.layers.empty()) {
    wanted = DataRate{};
    for (const DataRate layer : config_.layers) {
      if (layer <= target) wanted = layer;
    }
  } else if (config_.demand > DataRate{}) {
    wanted = std::min(wanted, config_.demand);
  }
  if (wanted >= media_rate_ || config_.reaction == TimeDelta{}) {
    media_rate_ = wanted;
    follow_at_ = kNever;
  } else if (follow_at_ == kNever) {
    follow_at_ = now_ + config_.reaction;
  } else if (now_ >= follow_at_) {
    media_rate_ = wanted;
    follow_at_ = kNever;
  }
  return media_rate_;
}

void ClosedLoop::MakeFrame() {
  leftover_ += static_cast<double>(MediaRate().bps()) / 8 / config_.frames_per_second;
  constexpr int64_t kFull = kPayload + kPacketOverhead.bytes();
  while (leftover_ >= static_cast<double>(kFull) / 2) {
    const auto size = std::min<int64_t>(kFull, static_cast<int64_t>(leftover_));
    leftover_ -= static_cast<double>(size);
    OutgoingRtp rtp =
        MakePacket(RtpClass::kVideo, std::max<int64_t>(size - kPacketOverhead.bytes(), 50));
    if (config_.unpaced || pacer_.CanSendNow(rtp, now_)) {
      SendOut(pacer_.OnSent(rtp, now_));
    } else {
      pacer_.Enqueue(std::move(rtp), now_);
    }
  }
  next_frame_ += TimeDelta(1'000'000'000 / config_.frames_per_second);
}

void ClosedLoop::SendOut(const SentPacketInfo& info) {
  const TransportSeqNum number = estimator_.OnPacketSent(info, now_);
  link_.Send(now_, info.size, number.value());
  sent_since_sample_ += info.size;
  (info.media_class == RtpClass::kPadding ? padding_ : media_) += info.size;
}

void ClosedLoop::SendPadding() {
  for (DataSize wanted = pacer_.PaddingNeeded(now_); wanted > DataSize{};
       wanted = pacer_.PaddingNeeded(now_)) {
    while (wanted > DataSize{}) {
      const OutgoingRtp rtp =
          MakePacket(RtpClass::kPadding, std::clamp<int64_t>(wanted.bytes(), 100, kPayload));
      const SentPacketInfo info = pacer_.OnSent(rtp, now_);
      wanted -= info.size;
      SendOut(info);
    }
  }
}

void ClosedLoop::Receive() {
  while (const auto delivery = link_.Pop(now_)) {
    const TransportSeqNum number(static_cast<uint16_t>(delivery->cookie));
    arrived_.push_back({.sequence_number = number, .arrival = delivery->arrived});
  }
}

void ClosedLoop::SendFeedback() {
  next_feedback_ += config_.feedback_interval;
  if (arrived_.empty()) return;
  std::sort(arrived_.begin(), arrived_.end(), [](const auto& a, const auto& b) {
    return b.sequence_number.IsNewerThan(a.sequence_number);
  });
  const auto messages =
      BuildTransportFeedback(Ssrc(1), Ssrc(2), feedback_count_, feedback_base_, arrived_);
  feedback_base_ = arrived_.back().sequence_number + 1;
  arrived_.clear();
  for (const TransportFeedback& message : messages) {
    ++feedback_count_;
    const double dice = static_cast<double>(random_.NextU32()) / 4294967296.0;
    if (dice < config_.feedback_loss) continue;
    feedback_.push_back({now_ + config_.feedback_delay, message});
  }
}

void ClosedLoop::TakeFeedback() {
  while (!feedback_.empty() && feedback_.front().arrives <= now_) {
    estimator_.OnTransportFeedback(feedback_.front().message, now_);
    feedback_.erase(feedback_.begin());
  }
}

void ClosedLoop::Sense() {
  samples_.push_back({.at = elapsed(),
                      .target = estimator_.estimate().target,
                      .sent = sent_since_sample_ / kSamplePeriod,
                      .queue = link_.QueueDelay(now_),
                      .loss = estimator_.estimate().loss,
                      .pacer_delay = pacer_.QueueDelay()});
  sent_since_sample_ = {};
  next_sample_ += kSamplePeriod;
}

void ClosedLoop::RunUntil(TimeDelta time) {
  while (elapsed() < time) {
    Timestamp next = std::min({next_frame_, next_feedback_, next_sample_, kStart + time});
    next = std::min({next, link_.NextTimeout(), pacer_.NextTimeout(), estimator_.NextTimeout()});
    if (!feedback_.empty()) next = std::min(next, feedback_.front().arrives);
    // A timer ticks in milliseconds.
    constexpr TimeDelta kTick = milliseconds(1);
    const TimeDelta since = next - kStart;
    now_ = std::max(now_, kStart + (since + kTick - TimeDelta(1)) / kTick * kTick);

    Receive();
    if (now_ >= next_feedback_) SendFeedback();
    TakeFeedback();
    estimator_.HandleTimeout(now_);
    if (estimator_.version() != version_) {
      version_ = estimator_.version();
      pacer_.SetTarget(estimator_.estimate().target, LinkRoom::kScarce, now_);
    }
    while (const auto probe = estimator_.TakeProbe(now_)) {
      ++probes_;
      pacer_.StartProbe(*probe, now_);
    }
    if (now_ >= next_frame_) MakeFrame();
    while (const auto packet = pacer_.Next(now_)) SendOut(packet->info);
    SendPadding();
    if (now_ >= next_sample_) Sense();
  }
}

double ClosedLoop::MeanEstimate(TimeDelta from, TimeDelta to) const {
  double sum = 0;
  double count = 0;
  for (const Sample& sample : samples_) {
    if (sample.at < from || sample.at > to) continue;
    sum += static_cast<double>(sample.target.bps());
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

double ClosedLoop::EstimateQuantile(double quantile, TimeDelta from, TimeDelta to) const {
  std::vector<double> rates;
  for (const Sample& sample : samples_) {
    if (sample.at >= from && sample.at <= to)
      rates.push_back(static_cast<double>(sample.target.bps()));
  }
  if (rates.empty()) return 0;
  std::sort(rates.begin(), rates.end());
  return rates[static_cast<std::size_t>(quantile * static_cast<double>(rates.size() - 1))];
}

TimeDelta ClosedLoop::QueueQuantile(double quantile, TimeDelta from, TimeDelta to) const {
  std::vector<TimeDelta> queues;
  for (const Sample& sample : samples_) {
    if (sample.at >= from && sample.at <= to) queues.push_back(sample.queue);
  }
  if (queues.empty()) return {};
  std::sort(queues.begin(), queues.end());
  return queues[static_cast<std::size_t>(quantile * static_cast<double>(queues.size() - 1))];
}

std::optional<TimeDelta> ClosedLoop::FirstAtLeast(DataRate rate, TimeDelta from) const {
  for (const Sample& sample : samples_) {
    if (sample.at >= from && sample.target >= rate) return sample.at;
  }
  return std::nullopt;
}

std::optional<TimeDelta> ClosedLoop::AtMostFrom(DataRate rate, TimeDelta from, TimeDelta to) const {
  std::optional<TimeDelta> since;
  for (const Sample& sample : samples_) {
    if (sample.at < from || sample.at > to) continue;
    if (sample.target > rate) {
      since.reset();
    } else if (!since) {
      since = sample.at;
    }
  }
  return since;
}

}  // namespace stellwerk
