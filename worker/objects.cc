#include "worker/objects.h"

#include <string_view>

#include "rtc/base/check.h"

namespace stellwerk {
namespace {

absl::Status Exists(std::string_view kind, uint32_t id) {
  return absl::AlreadyExistsError(std::string(kind) + " " + std::to_string(id) + " exists");
}
absl::Status Missing(std::string_view kind, uint32_t id) {
  return absl::NotFoundError("no " + std::string(kind) + " " + std::to_string(id));
}

template <typename Map, typename Id>
auto* Lookup(Map& map, Id id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

absl::Status Objects::Add(const proto::CreateRouter& created) {
  const auto [it, added] = routers_.try_emplace(created.id);
  if (!added) return Exists("router", created.id.value());
  it->second.snapshot.created = created;
  return absl::OkStatus();
}

absl::Status Objects::Add(const proto::CreateTransport& created) {
  RouterEntry* router = Find(created.router);
  if (router == nullptr) return NoSuch(created.router);
  const auto [it, added] = transports_.try_emplace(created.id);
  if (!added) return Exists("transport", created.id.value());
  it->second.snapshot.created = created;
  router->transports.insert(created.id);
  return absl::OkStatus();
}

absl::Status Objects::Add(const proto::CreateProducer& created) {
  TransportEntry* transport = Find(created.transport);
  if (transport == nullptr) return NoSuch(created.transport);
  const auto [it, added] = producers_.try_emplace(created.id);
  if (!added) return Exists("producer", created.id.value());
  it->second.created = created;
  transport->producers.insert(created.id);
  return absl::OkStatus();
}

absl::Status Objects::Add(const proto::CreateConsumer& created) {
  TransportEntry* transport = Find(created.transport);
  if (transport == nullptr) return NoSuch(created.transport);
  const auto [it, added] = consumers_.try_emplace(created.id);
  if (!added) return Exists("consumer", created.id.value());
  it->second.created = created;
  transport->consumers.insert(created.id);
  return absl::OkStatus();
}

void Objects::Remove(RouterId id) {
  const auto found = routers_.find(id);
  if (found == routers_.end()) return;
  STELLWERK_CHECK(found->second.transports.empty());
  routers_.erase(found);
}

void Objects::Remove(TransportId id) {
  const auto found = transports_.find(id);
  if (found == transports_.end()) return;
  STELLWERK_CHECK(found->second.producers.empty() && found->second.consumers.empty());
  routers_.at(found->second.snapshot.created.router).transports.erase(id);
  transports_.erase(found);
}

void Objects::Remove(ProducerId id) {
  const auto found = producers_.find(id);
  if (found == producers_.end()) return;
  transports_.at(found->second.created.transport).producers.erase(id);
  producers_.erase(found);
}

void Objects::Remove(ConsumerId id) {
  const auto found = consumers_.find(id);
  if (found == consumers_.end()) return;
  transports_.at(found->second.created.transport).consumers.erase(id);
  consumers_.erase(found);
}

Objects::RouterEntry* Objects::Find(RouterId id) { return Lookup(routers_, id); }
Objects::TransportEntry* Objects::Find(TransportId id) { return Lookup(transports_, id); }
proto::ProducerSnapshot* Objects::Find(ProducerId id) { return Lookup(producers_, id); }
proto::ConsumerSnapshot* Objects::Find(ConsumerId id) { return Lookup(consumers_, id); }

absl::Status NoSuch(RouterId id) { return Missing("router", id.value()); }
absl::Status NoSuch(TransportId id) { return Missing("transport", id.value()); }
absl::Status NoSuch(ProducerId id) { return Missing("producer", id.value()); }
absl::Status NoSuch(ConsumerId id) { return Missing("consumer", id.value()); }
absl::Status NoSuch(DataProducerId id) { return Missing("data producer", id.value()); }
absl::Status NoSuch(DataConsumerId id) { return Missing("data consumer", id.value()); }

}  // namespace stellwerk
