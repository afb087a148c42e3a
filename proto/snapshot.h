#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "proto/notification.h"
#include "proto/request.h"

// A worker's whole state as far as a controller needs it to go on: each object as it was created,
// and what has changed since. In an order in which the objects could be created again: whatever is
// referred to comes first.
namespace stellwerk::proto {

struct RouterSnapshot {
  CreateRouter created;
  friend bool operator==(const RouterSnapshot&, const RouterSnapshot&) = default;
};
struct TransportSnapshot {
  CreateTransport created;  // local_ice: the present ones, after a restart the new
  std::optional<RemoteTransportParameters> remote;
  TransportPhase phase = TransportPhase::kNew;
  bool sctp_connected = false;
  friend bool operator==(const TransportSnapshot&, const TransportSnapshot&) = default;
};
struct ProducerSnapshot {
  CreateProducer created;
  bool paused = false;
  bool active = false;
  std::optional<uint32_t> encodings_wanted = {};  // as last told; nullopt: never told
  friend bool operator==(const ProducerSnapshot&, const ProducerSnapshot&) = default;
};
struct ConsumerSnapshot {
  CreateConsumer created;
  std::optional<ProducerId> source;
  bool paused = false;
  ConsumerDemand demand = {};
  friend bool operator==(const ConsumerSnapshot&, const ConsumerSnapshot&) = default;
};
struct DataProducerSnapshot {
  CreateDataProducer created;
  DataChannelParameters channel;  // as the peer opened it
  friend bool operator==(const DataProducerSnapshot&, const DataProducerSnapshot&) = default;
};
struct DataConsumerSnapshot {
  CreateDataConsumer created;
  friend bool operator==(const DataConsumerSnapshot&, const DataConsumerSnapshot&) = default;
};
// A channel that the peer opened and nobody has taken in yet.
struct DataChannelSnapshot {
  DataChannelOpened opened;
  friend bool operator==(const DataChannelSnapshot&, const DataChannelSnapshot&) = default;
};

using SnapshotObject =
    std::variant<RouterSnapshot, TransportSnapshot, ProducerSnapshot, ConsumerSnapshot,
                 DataProducerSnapshot, DataConsumerSnapshot, DataChannelSnapshot>;

struct SnapshotChunk {
  std::vector<SnapshotObject> objects;
  bool last = true;
  friend bool operator==(const SnapshotChunk&, const SnapshotChunk&) = default;
};

}  // namespace stellwerk::proto
