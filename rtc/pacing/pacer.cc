#include "rtc/pacing/pacer.h"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

// Sent together at most within a probe, by time: enough for the receiver's clock, which ticks every
// quarter of a millisecond.
constexpr TimeDelta kProbeBurst = milliseconds(2);
// When there was no padding to be had, within a probe and before.
constexpr TimeDelta kPaddingRetry = milliseconds(5);
constexpr TimeDelta kProbeRetry = milliseconds(25);
// A small packet (of audio) does not begin a probe: nothing might follow.
constexpr DataSize kMinFirst = DataSize::Bytes(250);
// So that a whole packet may be sent again, which is worth more than padding alone.
constexpr DataSize kMinPadding = DataSize::Bytes(600);
// A probe that found nothing to send, or took much too long.
constexpr TimeDelta kMaxProbeWait = milliseconds(2000);
constexpr TimeDelta kMaxProbeTime = milliseconds(200);

// Timers that are set a moment too early would ring twice.
constexpr TimeDelta kDeadlineMargin = std::chrono::microseconds(1);

DataRate Scaled(DataRate rate, double factor) {
  return DataRate::BitsPerSecond(static_cast<int64_t>(static_cast<double>(rate.bps()) * factor));
}

// How long `size` takes at `rate`, rounded up so that a deadline is not too early.
TimeDelta TimeAt(DataRate rate, DataSize size) {
  return TimeDelta(static_cast<int64_t>(static_cast<double>(size.bytes()) * 8e9 /
                                        static_cast<double>(std::max<int64_t>(rate.bps(), 1)))) +
         std::chrono::microseconds(1);
}

}  // namespace

Pacer::Pacer() : Pacer(Config{}) {}
Pacer::Pacer(const Config& config) : config_(config) {
  SetTarget(DataRate::KilobitsPerSecond(500), LinkRoom::kUnknown, Timestamp{});
}

Pacer::Queue Pacer::QueueOf(RtpClass media_class) {
  switch (media_class) {
    case RtpClass::kAudio:
    case RtpClass::kRetransmission:
      return kRetransmissions;
    case RtpClass::kVideo:
      return kVideo;
    case RtpClass::kPadding:
      return kPadding;
  }
  return kPadding;
}

const Pacer::Pace& Pacer::PaceFor(LinkRoom room) const {
  switch (room) {
    case LinkRoom::kUnknown:
      return config_.unknown;
    case LinkRoom::kDraining:
      return config_.draining;
    case LinkRoom::kScarce:
      return config_.scarce;
    case LinkRoom::kSome:
      return config_.some;
    case LinkRoom::kAmple:
      return config_.ample;
  }
  return config_.scarce;
}

void Pacer::SetTarget(DataRate target, LinkRoom room, Timestamp now) {
  target = std::max(target, DataRate::KilobitsPerSecond(10));
  if (target == target_ && room == room_) return;
  target_ = target;
  room_ = room;
  pace_ = PaceFor(room);
  usual_rate_ = Scaled(target_, pace_.factor);
  most_ = Scaled(target_, pace_.max_factor);
  drained_in_time_ = usual_rate_ * config_.drain;
  ChooseRate(now);
}

void Pacer::ChooseRate(Timestamp now) {
  DataRate rate = usual_rate_;
  if (queued_ > drained_in_time_) {
    rate = std::max(rate, std::min(queued_ / config_.drain, most_));
  }
  if (rate == rate_) return;
  // What is still to be paid is paid at the new rate.
  if (paid_at_ > now) {
    const double faster = static_cast<double>(rate_.bps()) / static_cast<double>(rate.bps());
    paid_at_ =
        now +
        TimeDelta(static_cast<int64_t>(static_cast<double>((paid_at_ - now).count()) * faster));
  }
  rate_ = rate;
  time_per_byte_ = (int64_t{8'000'000'000} << kFraction) / rate.bps();
}

bool Pacer::MustQueue(RtpClass media_class) const {
  for (int queue = 0; queue <= QueueOf(media_class); ++queue) {
    if (!queues_[static_cast<std::size_t>(queue)].empty()) return true;
  }
  return false;
}

void Pacer::AccountProbe(SentPacketInfo& info, Timestamp now) {
  ForgetOldProbes(now);
  if (probes_.empty()) return;
  Probe& probe = probes_.front();
  if (!probe.started_at) {
    if (info.size < kMinFirst && info.media_class != RtpClass::kPadding) return;
    probe.started_at = now;
  }
  info.probe = probe.cluster.id;
  probe.sent += info.size;
  ++probe.packets;
  probe.next_at = *probe.started_at + TimeAt(probe.cluster.rate, probe.sent);
  if (probe.sent >= probe.cluster.size() && probe.packets >= probe.cluster.min_packets) {
    const Timestamp next_at = probe.next_at;
    probes_.erase(probes_.begin());
    // Not back to back: the one before is to leave the link's queue first.
    if (!probes_.empty()) {
      probes_.front().next_at = std::max(probes_.front().next_at, next_at);
      probes_.front().asked_at = now;
    }
  }
}

void Pacer::ForgetOldProbes(Timestamp now) {
  std::erase_if(probes_, [&](const Probe& probe) {
    if (!probe.started_at) return now - probe.asked_at > kMaxProbeWait;
    return now - *probe.started_at > probe.cluster.duration + kMaxProbeTime;
  });
}

bool Pacer::Enqueue(OutgoingRtp&& rtp, Timestamp now) {
  const DataSize size = WireSize(rtp);
  if (queued_ + size > config_.max_queue) {
    ++dropped_;
    if (rtp.media_class == RtpClass::kVideo) DropStream(rtp.ssrc, now);
    return false;
  }
  if (queued_packets_ == 0) next_expiry_ = now + config_.max_wait;
  queues_[QueueOf(rtp.media_class)].Push(std::move(rtp), size, now);
  ++queued_packets_;
  queued_ += size;
  UpdateRate(now);
  return true;
}

OutgoingRtp Pacer::Pop(PacketRing& queue) {
  const DataSize size = WireSize(queue.front().rtp);
  --queued_packets_;
  queued_ -= size;
  return queue.Pop(size);
}

void Pacer::DropExpired(Timestamp now) {
  next_expiry_ = kNever;
  for (PacketRing& queue : queues_) {
    while (!queue.empty() && now - queue.front().enqueued > config_.max_wait) {
      ++dropped_;
      const OutgoingRtp rtp = Pop(queue);
      if (rtp.media_class == RtpClass::kVideo) DropStream(rtp.ssrc, now);
    }
    if (!queue.empty()) {
      next_expiry_ = std::min(next_expiry_, queue.front().enqueued + config_.max_wait);
    }
  }
}

void Pacer::DropStream(Ssrc ssrc, Timestamp now) {
  PacketRing& queue = queues_[kVideo];
  PacketRing kept;
  while (!queue.empty()) {
    const Timestamp enqueued = queue.front().enqueued;
    OutgoingRtp rtp = Pop(queue);
    if (rtp.ssrc == ssrc) {
      ++dropped_;
      continue;
    }
    const DataSize size = WireSize(rtp);
    kept.Push(std::move(rtp), size, enqueued);
    ++queued_packets_;
    queued_ += size;
  }
  queue = std::move(kept);
  UpdateRate(now);
  if (std::find(dropped_streams_.begin(), dropped_streams_.end(), ssrc) == dropped_streams_.end()) {
    dropped_streams_.push_back(ssrc);
  }
}

std::optional<Pacer::Packet> Pacer::Next(Timestamp now) {
  if (queued_packets_ == 0) return std::nullopt;
  if (now > next_expiry_) DropExpired(now);
  if (!MaySend(now)) return std::nullopt;
  for (PacketRing& queue : queues_) {
    if (queue.empty()) continue;
    const TimeDelta waited = now - queue.front().enqueued;
    Packet packet{.rtp = Pop(queue), .info = {}, .waited = waited};
    packet.info = {.size = WireSize(packet.rtp), .media_class = packet.rtp.media_class};
    Account(packet.info, now);
    UpdateRate(now);
    return packet;
  }
  return std::nullopt;
}

void Pacer::StartProbe(const ProbeCluster& probe, Timestamp now) {
  if (probe.rate.bps() <= 0 || probes_.size() >= kMaxProbes) return;
  Probe& added = probes_.emplace_back();
  added.cluster = probe;
  added.asked_at = now;
  added.next_at = now;
}

DataSize Pacer::PaddingNeeded(Timestamp now) {
  if (probes_.empty() || queued_packets_ > 0) return {};
  ForgetOldProbes(now);
  if (probes_.empty() || now < probes_.front().next_at) return {};
  Probe& probe = probes_.front();
  // OnSent() sets the right time; if nothing can be sent this one holds.
  probe.next_at = now + (probe.started_at ? kPaddingRetry : kProbeRetry);
  return std::max(kMinPadding, probe.cluster.rate * kProbeBurst);
}

Timestamp Pacer::NextTimeout() const {
  Timestamp next = probes_.empty() ? kNever : probes_.front().next_at;
  if (queued_packets_ > 0) {
    next = std::min(next, paid_at_ - pace_.burst + kDeadlineMargin);
  }
  return next;
}

TimeDelta Pacer::QueueDelay() const { return TimeFor(queued_); }

std::vector<Ssrc> Pacer::TakeDroppedStreams() { return std::exchange(dropped_streams_, {}); }

}  // namespace stellwerk
