#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "proto/snapshot.h"
#include "rtc/base/ids.h"

namespace stellwerk {

// What the controller has created, in the words of a snapshot, and what belongs to what.
// Bookkeeping only: it knows the state, others make it happen. Ordered maps, so that a snapshot
// lists objects in one order.
class Objects {
 public:
  struct RouterEntry {
    proto::RouterSnapshot snapshot;
    std::set<TransportId> transports;
  };
  struct TransportEntry {
    proto::TransportSnapshot snapshot;
    std::set<ProducerId> producers;
    std::set<ConsumerId> consumers;
  };

  // AlreadyExists if the id is taken, NotFound if what it belongs to is not there.
  absl::Status Add(const proto::CreateRouter& created);
  absl::Status Add(const proto::CreateTransport& created);
  absl::Status Add(const proto::CreateProducer& created);
  absl::Status Add(const proto::CreateConsumer& created);
  // What is in it must have been removed before. Unknown ids are ignored.
  void Remove(RouterId id);
  void Remove(TransportId id);
  void Remove(ProducerId id);
  void Remove(ConsumerId id);

  // Null if there is none.
  RouterEntry* Find(RouterId id);
  TransportEntry* Find(TransportId id);
  proto::ProducerSnapshot* Find(ProducerId id);
  proto::ConsumerSnapshot* Find(ConsumerId id);

  [[nodiscard]] const std::map<RouterId, RouterEntry>& routers() const { return routers_; }
  [[nodiscard]] const std::map<TransportId, TransportEntry>& transports() const {
    return transports_;
  }
  [[nodiscard]] const std::map<ProducerId, proto::ProducerSnapshot>& producers() const {
    return producers_;
  }
  [[nodiscard]] const std::map<ConsumerId, proto::ConsumerSnapshot>& consumers() const {
    return consumers_;
  }

 private:
  std::map<RouterId, RouterEntry> routers_;
  std::map<TransportId, TransportEntry> transports_;
  std::map<ProducerId, proto::ProducerSnapshot> producers_;
  std::map<ConsumerId, proto::ConsumerSnapshot> consumers_;
};

// "no router 7", as every refusal of an unknown id says it.
absl::Status NoSuch(RouterId id);
absl::Status NoSuch(TransportId id);
absl::Status NoSuch(ProducerId id);
absl::Status NoSuch(ConsumerId id);
absl::Status NoSuch(DataProducerId id);
absl::Status NoSuch(DataConsumerId id);

}  // namespace stellwerk
