#include "worker/data_exchange.h"

#include <memory>
#include <string>
#include <vector>

#include "worker/objects.h"

namespace stellwerk {

void DataExchange::HandleOpened(const proto::DataChannelOpened& opened) {
  unclaimed_[{opened.transport, opened.stream}] = Unclaimed{.opened = opened, .early = {}};
}

void DataExchange::HandleSctpConnected(TransportId transport, Timestamp now, TransportOutbox& out) {
  ReceiverOf(transport).HandleConnected(now, out);
}

void DataExchange::HandleWritable(TransportId transport, Timestamp now, TransportOutbox& out) {
  const auto receiver = receivers_.find(transport);
  if (receiver != receivers_.end()) receiver->second.HandleWritable(now, out);
}

void DataExchange::HandleData(ReceivedData data, Timestamp now, TransportOutbox& out) {
  const Channel channel(data.transport, data.stream);
  const DataMessage message{
      .is_binary = data.is_binary,
      .received = now,
      .bytes = std::make_shared<const std::vector<uint8_t>>(std::move(data.bytes))};
  if (const auto found = producer_channels_.find(channel); found != producer_channels_.end()) {
    Producer& producer = producers_.at(found->second);
    ++producer.messages;
    producer.bytes += message.bytes->size();
    for (const auto& [id, receiver] : producer.consumers) receiver->Deliver(id, message, now, out);
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
    return closed;
  }
  if (unclaimed_.erase(channel) > 0) return closed;
  const auto receiver = receivers_.find(transport);
  if (receiver == receivers_.end()) return std::nullopt;
  closed.data_consumer = receiver->second.HandleClosed(stream, now, out);
  if (!closed.data_consumer) return std::nullopt;
  Forget(*closed.data_consumer);
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
  DataReceiver& receiver = ReceiverOf(request.transport);
  const absl::Status status = receiver.Create(request, source->second.early, now, out);
  if (!status.ok()) return status;
  consumers_[request.id] = &receiver;
  sources_[request.id] = request.source;
  source->second.consumers[request.id] = &receiver;
  return status;
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
  found->second->Close(id, now, out);
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
  const auto receiver = receivers_.find(transport);
  if (receiver == receivers_.end()) return;
  for (const auto& [id, channel] : receiver->second.channels()) Forget(id);
  receivers_.erase(receiver);
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
  found->second->Find(id)->created.app_data = std::move(app_data);
  return absl::OkStatus();
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

proto::DataStats DataExchange::StatsOf(TransportId transport) const {
  const auto found = receivers_.find(transport);
  return found == receivers_.end() ? proto::DataStats() : found->second.stats();
}

bool DataExchange::Hold(TransportId transport, DataQueue& held, const DataMessage& message) {
  if (held.messages().size() >= kMaxHeldMessages) return false;
  if (held.cost() + message.bytes->size() > kMaxHeldBytes) return false;
  if (HeldCost(transport) + message.cost() > kMaxHeldPerTransport) return false;
  held.Push(message);
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
  return cost;
}

DataReceiver& DataExchange::ReceiverOf(TransportId transport) {
  return receivers_.try_emplace(transport, endpoint_, transport, totals_).first->second;
}

void DataExchange::Forget(DataConsumerId id) {
  consumers_.erase(id);
  const auto source = sources_.find(id);
  if (source == sources_.end()) return;
  if (const auto producer = producers_.find(source->second); producer != producers_.end())
    producer->second.consumers.erase(id);
  sources_.erase(source);
}

void DataExchange::Forget(DataProducerId id, Timestamp now, TransportOutbox& out) {
  const auto found = producers_.find(id);
  if (found == producers_.end()) return;
  const auto consumers = found->second.consumers;
  for (const auto& [consumer, receiver] : consumers) Close(consumer, now, out).IgnoreError();
  producer_channels_.erase({found->second.created.transport, found->second.created.stream});
  producers_.erase(found);
}

}  // namespace stellwerk
