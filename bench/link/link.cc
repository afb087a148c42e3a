#include "bench/link/link.h"

#include <algorithm>
#include <utility>

namespace stellwerk {

Link::Link(LinkConfig config, uint64_t seed, Timestamp start)
    : random_(seed), timeline_({}, start), last_arrival_(start), tokens_at_(start) {
  Reconfigure(std::move(config), start);
}

void Link::Reconfigure(LinkConfig config, Timestamp now) {
  Advance(now);
  config_ = std::move(config);
  // The packet that is being sent goes on with what is left of it.
  if (sending_) {
    sending_->left -= std::min(timeline_.Between(sending_->started, now), sending_->left);
    sending_->started = now;
  }
  timeline_ = RateTimeline(config_.capacity, now);
  if (sending_) sending_->finished = timeline_.Finish(now, sending_->left);
  codel_.Configure(config_.queue.codel_target, config_.queue.codel_interval);
  loss_.Configure(config_.loss, config_.burst_loss);
  jitter_.Configure(config_.jitter);
  tokens_ = config_.policer ? static_cast<double>(config_.policer->burst.bytes()) : 0;
  tokens_at_ = now;
  cross_.clear();
  for (const CrossTraffic& traffic : config_.cross_traffic) {
    if (traffic.rate > DataRate()) cross_.push_back({traffic, now, now + traffic.start});
  }
}

void Link::Send(Timestamp now, DataSize size, uint64_t cookie) {
  Advance(now);
  ++counters_.sent;
  counters_.sent_size += size;
  if (!PassesPolicer(size, now)) {
    ++counters_.policed;
    lost_.push_back(cookie);
    return;
  }
  EnterQueue({cookie, size, now, true}, now);
}

bool Link::PassesPolicer(DataSize size, Timestamp now) {
  if (!config_.policer) return true;
  const double earned = static_cast<double>(config_.policer->rate.bps()) *
                        static_cast<double>((now - tokens_at_).count()) / 8e9;
  tokens_ = std::min(tokens_ + earned, static_cast<double>(config_.policer->burst.bytes()));
  tokens_at_ = now;
  if (tokens_ < static_cast<double>(size.bytes())) return false;
  tokens_ -= static_cast<double>(size.bytes());
  return true;
}

void Link::EnterQueue(const Packet& packet, Timestamp now) {
  if (timeline_.unlimited()) {
    Leave(packet, now, TimeDelta{});
    return;
  }
  const DataSize would_be = queued_ + packet.size;
  const DataRate rate = timeline_.RateAt(now);
  const bool too_long = config_.queue.max_time > TimeDelta{} && rate > DataRate() &&
                        would_be > std::max(rate * config_.queue.max_time, packet.size);
  if (would_be > config_.queue.max_size || too_long) {
    if (!packet.ours) return;
    ++counters_.queue_full;
    lost_.push_back(packet.cookie);
    return;
  }
  queue_.push_back(packet);
  queued_ = would_be;
  if (!sending_) StartTransmission(now);
}

void Link::StartTransmission(Timestamp at) {
  while (!queue_.empty()) {
    const Packet packet = queue_.front();
    queue_.pop_front();
    queued_ -= packet.size;
    if (config_.queue.kind == QueueConfig::Kind::kCoDel &&
        codel_.ShouldDrop(at, at - packet.sent, queued_)) {
      if (packet.ours) {
        ++counters_.aqm_dropped;
        lost_.push_back(packet.cookie);
      }
      continue;
    }
    sending_ =
        Transmission{packet, at, packet.size, timeline_.Finish(at, packet.size), at - packet.sent};
    return;
  }
}

void Link::Leave(const Packet& packet, Timestamp at, TimeDelta queueing) {
  if (!packet.ours) return;
  if (loss_.Loses(random_)) {
    ++counters_.lost;
    lost_.push_back(packet.cookie);
    return;
  }
  Timestamp arrives = at + config_.delay + jitter_.Next(at, random_);
  if (!config_.jitter.reorder) arrives = std::max(arrives, last_arrival_);
  last_arrival_ = std::max(arrives, last_arrival_);
  flying_.push({{packet.cookie, packet.size, packet.sent, arrives, queueing}, order_++});
}

void Link::SendCrossTraffic(CrossSource& source) {
  const CrossTraffic& config = source.config;
  const Timestamp at = source.next;
  EnterQueue({0, config.packet_size, at, false}, at);
  const double gap = static_cast<double>(config.packet_size.bytes()) * 8e9 /
                     static_cast<double>(config.rate.bps());
  // Uneven, for two even streams at a full queue lock into each other's gaps: one loses everything.
  source.next +=
      TimeDelta(std::max<int64_t>(static_cast<int64_t>(gap * 2 * NextUniform(random_)), 1));
  if (config.off <= TimeDelta{}) return;
  const TimeDelta cycle = config.on + config.off;
  const TimeDelta into = source.next - source.start - config.start;
  const auto laps = into / cycle;
  if (into - laps * cycle >= config.on) {
    source.next = source.start + config.start + (laps + 1) * cycle;
  }
}

void Link::Advance(Timestamp now) {
  while (true) {
    CrossSource* source = nullptr;
    for (CrossSource& one : cross_) {
      if (source == nullptr || one.next < source->next) source = &one;
    }
    const Timestamp cross = source != nullptr ? source->next : kNever;
    const Timestamp finished = sending_ ? sending_->finished : kNever;
    if (std::min(cross, finished) > now) return;
    if (finished <= cross) {
      const Transmission done = *std::exchange(sending_, std::nullopt);
      Leave(done.packet, done.finished, done.queueing);
      StartTransmission(done.finished);
    } else {
      SendCrossTraffic(*source);
    }
  }
}

std::optional<LinkDelivery> Link::Pop(Timestamp now) {
  Advance(now);
  if (flying_.empty() || flying_.top().delivery.arrived > now) return std::nullopt;
  const LinkDelivery delivery = flying_.top().delivery;
  flying_.pop();
  ++counters_.delivered;
  counters_.delivered_size += delivery.size;
  return delivery;
}

std::vector<uint64_t> Link::TakeLost() { return std::exchange(lost_, {}); }

Timestamp Link::NextTimeout() const {
  Timestamp next = flying_.empty() ? kNever : flying_.top().delivery.arrived;
  if (sending_) next = std::min(next, sending_->finished);
  // Cross traffic by itself needs no attention: it is made up for at the next call.
  return next;
}

std::optional<DataRate> Link::Capacity(Timestamp at) const {
  if (timeline_.unlimited()) return std::nullopt;
  return timeline_.RateAt(at);
}

std::optional<DataSize> Link::CapacityBetween(Timestamp from, Timestamp to) const {
  if (timeline_.unlimited()) return std::nullopt;
  return timeline_.Between(from, to);
}

TimeDelta Link::QueueDelay(Timestamp now) const {
  if (!sending_ || sending_->finished == kNever) return TimeDelta{};
  const TimeDelta rest = std::max(sending_->finished - now, TimeDelta{});
  const Timestamp start = std::max(sending_->finished, now);
  const Timestamp drained = timeline_.Finish(start, queued_);
  return drained == kNever ? TimeDelta::max() : rest + (drained - start);
}

}  // namespace stellwerk
