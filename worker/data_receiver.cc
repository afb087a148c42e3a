#include "worker/data_receiver.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace stellwerk {

absl::Status DataReceiver::Create(const proto::CreateDataConsumer& request, const DataQueue& early,
                                  Timestamp now, TransportOutbox& out) {
  Channel& channel = channels_[request.id];
  channel.created = request;
  for (const DataMessage& message : early.messages()) Enqueue(channel, message, now, out);
  if (!is_connected_ || Open(channel, now, out)) {
    Drain(now, out);
    return absl::OkStatus();
  }
  Forget(request.id);
  return absl::ResourceExhaustedError("transport " + std::to_string(transport_.value()) +
                                      " has no free stream for another data channel");
}

void DataReceiver::Close(DataConsumerId id, Timestamp now, TransportOutbox& out) {
  const Channel* channel = Find(id);
  if (channel == nullptr) return;
  if (channel->stream) endpoint_.CloseDataChannel(transport_, *channel->stream, now, out);
  Forget(id);
}

void DataReceiver::HandleConnected(Timestamp now, TransportOutbox& out) {
  is_connected_ = true;
  OpenAll(now, out);
}

void DataReceiver::HandleWritable(Timestamp now, TransportOutbox& out) {
  is_full_ = false;
  Drain(now, out);
}

std::optional<DataConsumerId> DataReceiver::HandleClosed(StreamId stream, Timestamp now,
                                                         TransportOutbox& out) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return std::nullopt;
  const DataConsumerId id = found->second;
  Channel& channel = channels_.at(id);
  const bool was_ours = std::exchange(channel.is_interrupted, false);
  if (was_ours) {
    channel.stream.reset();
    streams_.erase(found);
  } else {
    Forget(id);
  }
  // Its stream may be what another channel has waited for.
  OpenAll(now, out);
  return was_ours ? std::nullopt : std::optional(id);
}

void DataReceiver::Deliver(DataConsumerId id, const DataMessage& message, Timestamp now,
                           TransportOutbox& out) {
  Channel* channel = Find(id);
  if (channel == nullptr) return;
  if (channel->is_open() && channel->queue.empty() && !is_full_ &&
      Send(*channel, message, now, out)) {
    return;
  }
  Enqueue(*channel, message, now, out);
}

DataReceiver::Channel* DataReceiver::Find(DataConsumerId id) {
  const auto found = channels_.find(id);
  return found == channels_.end() ? nullptr : &found->second;
}

proto::DataStats DataReceiver::stats() const {
  proto::DataStats stats;
  stats.channels = static_cast<uint32_t>(channels_.size());
  for (const auto& [id, channel] : channels_) {
    stats.messages += channel.messages;
    stats.bytes += channel.bytes;
    stats.dropped += channel.dropped;
    stats.interruptions += channel.interruptions;
  }
  stats.queued_bytes = queued_;
  return stats;
}

bool DataReceiver::Send(Channel& channel, const DataMessage& message, Timestamp now,
                        TransportOutbox& out) {
  const auto sent =
      endpoint_.SendData(transport_, *channel.stream, message.is_binary, *message.bytes, now, out);
  if (sent) {
    ++channel.messages;
    channel.bytes += message.bytes->size();
    return true;
  }
  if (sent.error() == DropReason::kQueueFull) {
    is_full_ = true;
    return false;
  }
  CountDrop(channel, sent.error(), out);
  // The receiver takes no message of that size.
  if (sent.error() == DropReason::kTooLarge) Interrupt(channel, now, out);
  return true;
}

void DataReceiver::Drain(Timestamp now, TransportOutbox& out) {
  while (!is_full_ && !backlog_.empty()) {
    Channel& channel = channels_.at(backlog_.front());
    DropExpired(channel, now, out);
    if (!channel.queue.empty()) {
      if (!Send(channel, channel.queue.front(), now, out)) return;
      TakeFrom(channel);
    }
    // To the end of the line, unless the message has made the channel close.
    LeaveLine(channel);
    LineUp(channel);
  }
}

void DataReceiver::Enqueue(Channel& channel, const DataMessage& message, Timestamp now,
                           TransportOutbox& out) {
  channel.queue.Push(message);
  queued_ += message.cost();
  LineUp(channel);
  Shed(channel, channel.is_reliable() ? kMaxQueued : kMaxQueuedUnreliable, now, out);
  while (queued_ > kMaxQueuedTotal) {
    Channel& fullest =
        std::max_element(channels_.begin(), channels_.end(), [](const auto& a, const auto& b) {
          return a.second.queue.cost() < b.second.queue.cost();
        })->second;
    const std::size_t excess = queued_ - kMaxQueuedTotal;
    Shed(fullest, fullest.queue.cost() - std::min(excess, fullest.queue.cost()), now, out);
  }
}

void DataReceiver::Shed(Channel& channel, std::size_t limit, Timestamp now, TransportOutbox& out) {
  if (channel.queue.cost() <= limit) return;
  while (channel.queue.cost() > limit) {
    TakeFrom(channel);
    CountDrop(channel, DropReason::kQueueFull, out);
  }
  Interrupt(channel, now, out);
}

void DataReceiver::DropExpired(Channel& channel, Timestamp now, TransportOutbox& out) {
  if (!channel.created.channel.max_lifetime_ms) return;
  const TimeDelta lifetime = std::chrono::milliseconds(*channel.created.channel.max_lifetime_ms);
  while (!channel.queue.empty() && now - channel.queue.front().received > lifetime) {
    TakeFrom(channel);
    CountDrop(channel, DropReason::kQueueFull, out);
  }
}

DataMessage DataReceiver::TakeFrom(Channel& channel) {
  DataMessage message = channel.queue.Pop();
  queued_ -= message.cost();
  return message;
}

void DataReceiver::LineUp(Channel& channel) {
  if (!channel.is_open() || channel.queue.empty() || channel.is_in_line) return;
  channel.is_in_line = true;
  backlog_.push_back(channel.created.id);
}

void DataReceiver::LeaveLine(Channel& channel) {
  if (!std::exchange(channel.is_in_line, false)) return;
  backlog_.erase(std::find(backlog_.begin(), backlog_.end(), channel.created.id));
}

void DataReceiver::CountDrop(Channel& channel, DropReason reason, TransportOutbox& out) {
  ++channel.dropped;
  ++totals_.dropped;
  out.drops.Count(reason);
}

void DataReceiver::Interrupt(Channel& channel, Timestamp now, TransportOutbox& out) {
  // One that is not open yet begins with what is left.
  if (!channel.is_reliable() || !channel.is_open()) return;
  channel.is_interrupted = true;
  ++channel.interruptions;
  ++totals_.interruptions;
  LeaveLine(channel);
  endpoint_.CloseDataChannel(transport_, *channel.stream, now, out);
}

bool DataReceiver::Open(Channel& channel, Timestamp now, TransportOutbox& out) {
  const auto stream = endpoint_.OpenDataChannel(transport_, channel.created.channel, now, out);
  if (!stream.ok()) return false;
  channel.stream = *stream;
  streams_[*stream] = channel.created.id;
  LineUp(channel);
  return true;
}

void DataReceiver::OpenAll(Timestamp now, TransportOutbox& out) {
  for (auto& [id, channel] : channels_) {
    // No stream is free: the channel waits for one.
    if (is_connected_ && !channel.stream && !Open(channel, now, out)) break;
  }
  Drain(now, out);
}

void DataReceiver::Forget(DataConsumerId id) {
  const auto found = channels_.find(id);
  queued_ -= found->second.queue.cost();
  if (found->second.stream) streams_.erase(*found->second.stream);
  LeaveLine(found->second);
  channels_.erase(found);
}

}  // namespace stellwerk
