#include "worker/data_exchange.h"

#include <string>

#include "worker/objects.h"

namespace stellwerk {

bool DataExchange::Held::HasRoomFor(const Message& message) const {
  return messages_.size() < kMaxHeldMessages && bytes_ + message.bytes.size() <= kMaxHeldBytes;
}

void DataExchange::Held::Add(const Message& message) {
  bytes_ += message.bytes.size();
  messages_.push_back(message);
}

void DataExchange::Held::Clear() {
  messages_ = {};
  bytes_ = 0;
}

void DataExchange::HandleOpened(const proto::DataChannelOpened& opened) {
  unclaimed_[{opened.transport, opened.stream}] = Unclaimed{.opened = opened, .early = {}};
}

void DataExchange::HandleSctpConnected(TransportId transport, Timestamp now, TransportOutbox& out) {
  connected_.insert(transport);
  const auto waiting = consumers_of_.find(transport);
  if (waiting == consumers_of_.end()) return;
  for (const DataConsumerId id : waiting->second) OpenChannel(consumers_.at(id), now, out);
}

void DataExchange::HandleData(const ReceivedData& data, Timestamp now, TransportOutbox& out) {
  const Channel channel(data.transport, data.stream);
  const Message message{.is_binary = data.is_binary, .bytes = data.bytes};
  if (const auto found = producer_channels_.find(channel); found != producer_channels_.end()) {
    Producer& producer = producers_.at(found->second);
    ++producer.messages;
    producer.bytes += message.bytes.size();
    for (const DataConsumerId id : producer.consumers)
      Deliver(consumers_.at(id), message, now, out);
    // If there is no room nothing is lost to those who are there: they have it.
    if (now < producer.early_until) Hold(data.transport, producer.early, message);
  } else if (const auto early = unclaimed_.find(channel); early != unclaimed_.end()) {
    if (!Hold(data.transport, early->second.early, message))
      out.drops.Count(DropReason::kQueueFull);
  } else {
    // What a subscriber says on the channel that we opened towards it goes nowhere.
    out.drops.Count(DropReason::kUnknownStream);
  }
}

std::optional<proto::DataChannelClosed> DataExchange::HandleClosed(TransportId transport,
                                                                   StreamId stream, Timestamp now,
                                                                   TransportOutbox& out) {
  const Channel channel(transport, stream);
  proto::DataChannelClosed closed{transport, stream, std::nullopt, std::nullopt};
  if (const auto found = producer_channels_.find(channel); found != producer_channels_.end()) {
    closed.data_producer = found->second;
    Forget(found->second, now, out);
  } else if (const auto subscriber = consumer_channels_.find(channel);
             subscriber != consumer_channels_.end()) {
    closed.data_consumer = subscriber->second;
    Forget(subscriber->second);
  } else if (unclaimed_.erase(channel) == 0) {
    return std::nullopt;
  }
  return closed;
}

absl::Status DataExchange::Create(const proto::CreateDataProducer& request, Timestamp now) {
  if (producers_.contains(request.id)) {
    return absl::AlreadyExistsError("data producer " + std::to_string(request.id.value()) +
                                    " exists");
  }
  const Channel channel(request.transport, request.stream);
  const auto found = unclaimed_.find(channel);
  if (found == unclaimed_.end()) {
    return absl::NotFoundError("transport " + std::to_string(request.transport.value()) +
                               " has no channel that waits on stream " +
                               std::to_string(request.stream.value()));
  }
  Producer& producer = producers_[request.id];
  producer.created = request;
  producer.opened = std::move(found->second.opened);
  producer.early = std::move(found->second.early);
  producer.early_until = now + kEarlyPeriod;
  unclaimed_.erase(found);
  producer_channels_[channel] = request.id;
  early_ends_.emplace_back(producer.early_until, request.id);
  return absl::OkStatus();
}

absl::Status DataExchange::Create(const proto::CreateDataConsumer& request, Timestamp now,
                                  TransportOutbox& out) {
  if (consumers_.contains(request.id)) {
    return absl::AlreadyExistsError("data consumer " + std::to_string(request.id.value()) +
                                    " exists");
  }
  const auto source = producers_.find(request.source);
  if (source == producers_.end()) return NoSuch(request.source);
  Consumer& consumer = consumers_[request.id];
  consumer.created = request;
  consumers_of_[request.transport].insert(request.id);
  source->second.consumers.insert(request.id);
  for (const Message& message : source->second.early.messages())
    Deliver(consumer, message, now, out);
  if (!connected_.contains(request.transport)) return absl::OkStatus();
  OpenChannel(consumer, now, out);
  if (consumer.stream) return absl::OkStatus();
  Forget(request.id);
  return absl::ResourceExhaustedError("transport " + std::to_string(request.transport.value()) +
                                      " has no free stream for another data channel");
}

absl::Status DataExchange::Close(DataProducerId id, Timestamp now, TransportOutbox& out) {
  const auto found = producers_.find(id);
  if (found == producers_.end()) return NoSuch(id);
  endpoint_.CloseDataChannel(found->second.created.transport, found->second.created.stream, now,
                             out);
  Forget(id, now, out);
  return absl::OkStatus();
}

absl::Status DataExchange::Close(DataConsumerId id, Timestamp now, TransportOutbox& out) {
  const auto found = consumers_.find(id);
  if (found == consumers_.end()) return NoSuch(id);
  if (const auto stream = found->second.stream) {
    endpoint_.CloseDataChannel(found->second.created.transport, *stream, now, out);
  }
  Forget(id);
  return absl::OkStatus();
}

void DataExchange::CloseTransport(TransportId transport, Timestamp now, TransportOutbox& out) {
  const Channel first(transport, StreamId(0));
  for (auto it = producer_channels_.lower_bound(first);
       it != producer_channels_.end() && it->first.first == transport;
       it = producer_channels_.lower_bound(first)) {
    Forget(it->second, now, out);
  }
  for (auto it = unclaimed_.lower_bound(first);
       it != unclaimed_.end() && it->first.first == transport;) {
    it = unclaimed_.erase(it);
  }
  if (const auto found = consumers_of_.find(transport); found != consumers_of_.end()) {
    const std::set<DataConsumerId> ids = found->second;
    for (const DataConsumerId id : ids) Forget(id);
  }
  connected_.erase(transport);
}

absl::Status DataExchange::UpdateAppData(DataProducerId id, proto::AppData app_data) {
  const auto found = producers_.find(id);
  if (found == producers_.end()) return NoSuch(id);
  found->second.created.app_data = std::move(app_data);
  return absl::OkStatus();
}

absl::Status DataExchange::UpdateAppData(DataConsumerId id, proto::AppData app_data) {
  const auto found = consumers_.find(id);
  if (found == consumers_.end()) return NoSuch(id);
  found->second.created.app_data = std::move(app_data);
  return absl::OkStatus();
}

proto::DataStats DataExchange::StatsOf(TransportId transport) const {
  proto::DataStats stats;
  const auto found = consumers_of_.find(transport);
  if (found == consumers_of_.end()) return stats;
  for (const DataConsumerId id : found->second) {
    const Consumer& consumer = consumers_.at(id);
    ++stats.channels;
    stats.messages += consumer.messages;
    stats.bytes += consumer.bytes;
    stats.dropped += consumer.dropped;
    stats.queued_bytes += consumer.waiting.cost();
  }
  return stats;
}

void DataExchange::HandleTimeout(Timestamp now) {
  while (!early_ends_.empty() && early_ends_.front().first <= now) {
    const auto found = producers_.find(early_ends_.front().second);
    if (found != producers_.end()) found->second.early.Clear();
    early_ends_.pop_front();
  }
}

Timestamp DataExchange::NextTimeout() const {
  return early_ends_.empty() ? kNever : early_ends_.front().first;
}

bool DataExchange::Hold(TransportId transport, Held& held, const Message& message) {
  if (!held.HasRoomFor(message)) return false;
  const std::size_t cost = message.bytes.size() + sizeof(Message);
  if (HeldCost(transport) + cost > kMaxHeldPerTransport) return false;
  held.Add(message);
  return true;
}

// Summed up when it is asked for, which is rarely: a transport's channels are few, and only what
// comes before its receiver is held.
std::size_t DataExchange::HeldCost(TransportId transport) const {
  const Channel first(transport, StreamId(0));
  std::size_t cost = 0;
  for (auto it = unclaimed_.lower_bound(first);
       it != unclaimed_.end() && it->first.first == transport; ++it) {
    cost += it->second.early.cost();
  }
  for (auto it = producer_channels_.lower_bound(first);
       it != producer_channels_.end() && it->first.first == transport; ++it) {
    cost += producers_.at(it->second).early.cost();
  }
  if (const auto found = consumers_of_.find(transport); found != consumers_of_.end()) {
    for (const DataConsumerId id : found->second) cost += consumers_.at(id).waiting.cost();
  }
  return cost;
}

void DataExchange::Deliver(Consumer& consumer, const Message& message, Timestamp now,
                           TransportOutbox& out) {
  if (consumer.stream) {
    Send(consumer, message, now, out);
  } else if (!Hold(consumer.created.transport, consumer.waiting, message)) {
    ++consumer.dropped;
    out.drops.Count(DropReason::kQueueFull);
  }
}

void DataExchange::Send(Consumer& consumer, const Message& message, Timestamp now,
                        TransportOutbox& out) {
  const auto sent = endpoint_.SendData(consumer.created.transport, *consumer.stream,
                                       message.is_binary, message.bytes, now, out);
  if (sent) {
    ++consumer.messages;
    consumer.bytes += message.bytes.size();
  } else {
    ++consumer.dropped;
    out.drops.Count(sent.error());
  }
}

void DataExchange::OpenChannel(Consumer& consumer, Timestamp now, TransportOutbox& out) {
  if (consumer.stream) return;
  const auto stream =
      endpoint_.OpenDataChannel(consumer.created.transport, consumer.created.channel, now, out);
  // No stream is free: the consumer stays without one, and its messages are counted as dropped.
  if (!stream.ok()) return out.drops.Count(DropReason::kNoBuffer);
  consumer.stream = *stream;
  consumer_channels_[{consumer.created.transport, *stream}] = consumer.created.id;
  for (const Message& message : consumer.waiting.messages()) Send(consumer, message, now, out);
  consumer.waiting.Clear();
}

void DataExchange::Forget(DataConsumerId id) {
  const auto found = consumers_.find(id);
  if (found == consumers_.end()) return;
  const Consumer& consumer = found->second;
  const TransportId transport = consumer.created.transport;
  if (consumer.stream) consumer_channels_.erase({transport, *consumer.stream});
  if (const auto producer = producers_.find(consumer.created.source);
      producer != producers_.end()) {
    producer->second.consumers.erase(id);
  }
  std::set<DataConsumerId>& siblings = consumers_of_[transport];
  siblings.erase(id);
  if (siblings.empty()) consumers_of_.erase(transport);
  consumers_.erase(found);
}

void DataExchange::Forget(DataProducerId id, Timestamp now, TransportOutbox& out) {
  const auto found = producers_.find(id);
  if (found == producers_.end()) return;
  const std::set<DataConsumerId> ids = found->second.consumers;
  for (const DataConsumerId consumer : ids) Close(consumer, now, out).IgnoreError();
  producer_channels_.erase({found->second.created.transport, found->second.created.stream});
  producers_.erase(found);
}

}  // namespace stellwerk
