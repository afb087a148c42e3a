#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

// What a controller asks of a worker. Requests are carried out in the order in which they were
// sent, so they may be pipelined; each is answered by one Response with its id (Snapshot,
// GetStats and GetTransportStats by one or more). The controller allocates every id.
namespace stellwerk::proto {

// The controller's own state about an object, opaque to the worker, which gives it back in a
// Snapshot.
using AppData = std::vector<uint8_t>;

struct Ping {
  friend bool operator==(const Ping&, const Ping&) = default;
};

struct CreateRouter {
  RouterId id;
  AppData app_data;
  friend bool operator==(const CreateRouter&, const CreateRouter&) = default;
};
// Closes everything in it too.
struct CloseRouter {
  RouterId id;
  friend bool operator==(const CloseRouter&, const CloseRouter&) = default;
};

struct CreateTransport {
  RouterId router;
  TransportId id;
  IceParameters local_ice;  // the ufrag is unique among the worker's transports
  AppData app_data;
  friend bool operator==(const CreateTransport&, const CreateTransport&) = default;
};
struct ConnectTransport {
  TransportId id;
  RemoteTransportParameters remote;
  friend bool operator==(const ConnectTransport&, const ConnectTransport&) = default;
};
// RFC 8445 §9: new credentials for a transport that is connected; DTLS and SRTP carry on.
struct RestartIce {
  TransportId id;
  IceParameters local_ice;
  IceParameters remote_ice;
  friend bool operator==(const RestartIce&, const RestartIce&) = default;
};
// Closes its producers, consumers and data channels too.
struct CloseTransport {
  TransportId id;
  friend bool operator==(const CloseTransport&, const CloseTransport&) = default;
};

struct CreateProducer {
  TransportId transport;
  ProducerId id;
  ProducerParameters parameters;
  AppData app_data;
  friend bool operator==(const CreateProducer&, const CreateProducer&) = default;
};
struct CloseProducer {
  ProducerId id;
  friend bool operator==(const CloseProducer&, const CloseProducer&) = default;
};
struct PauseProducer {
  ProducerId id;
  bool paused = true;
  friend bool operator==(const PauseProducer&, const PauseProducer&) = default;
};

// A slot. It carries nothing until SetConsumerSource, or until the worker points it
// (SlotMode::kLoudest).
struct CreateConsumer {
  TransportId transport;
  ConsumerId id;
  ConsumerParameters parameters;
  AppData app_data;
  friend bool operator==(const CreateConsumer&, const CreateConsumer&) = default;
};
struct CloseConsumer {
  ConsumerId id;
  friend bool operator==(const CloseConsumer&, const CloseConsumer&) = default;
};
struct SetConsumerSource {
  ConsumerId id;
  std::optional<ProducerId> source;  // nullopt empties the slot
  friend bool operator==(const SetConsumerSource&, const SetConsumerSource&) = default;
};
// What the slot is wanted for; which layer it gets, the transport's allocation says.
struct SetConsumerDemand {
  ConsumerId id;
  ConsumerDemand demand;
  friend bool operator==(const SetConsumerDemand&, const SetConsumerDemand&) = default;
};
struct PauseConsumer {
  ConsumerId id;
  bool paused = true;
  friend bool operator==(const PauseConsumer&, const PauseConsumer&) = default;
};
struct RequestKeyframe {
  ConsumerId id;
  friend bool operator==(const RequestKeyframe&, const RequestKeyframe&) = default;
};

// Takes in a channel that the peer opened (DataChannelOpened). Nothing said on it is lost
// meanwhile: the worker holds the first messages, within a bound, and gives them to each data
// consumer that is created within two seconds.
struct CreateDataProducer {
  TransportId transport;
  DataProducerId id;
  StreamId stream;
  AppData app_data;
  friend bool operator==(const CreateDataProducer&, const CreateDataProducer&) = default;
};
// Closes the channel and its data consumers too.
struct CloseDataProducer {
  DataProducerId id;
  friend bool operator==(const CloseDataProducer&, const CloseDataProducer&) = default;
};
// Opens a channel towards the subscriber; messages of the data producer go out on it. Before the
// subscriber's SCTP association is up it waits for that. A subscriber that does not keep up loses
// messages: a reliable channel is closed for that and opened again, without a notification.
struct CreateDataConsumer {
  TransportId transport;
  DataConsumerId id;
  DataProducerId source;
  DataChannelParameters channel;
  AppData app_data;
  friend bool operator==(const CreateDataConsumer&, const CreateDataConsumer&) = default;
};
struct CloseDataConsumer {
  DataConsumerId id;
  friend bool operator==(const CloseDataConsumer&, const CloseDataConsumer&) = default;
};

using ObjectId =
    std::variant<RouterId, TransportId, ProducerId, ConsumerId, DataProducerId, DataConsumerId>;

struct UpdateAppData {
  ObjectId object;
  AppData app_data;
  friend bool operator==(const UpdateAppData&, const UpdateAppData&) = default;
};

// Counters, answered by StatsChunks.
struct GetStats {
  bool objects = true;  // false: of the worker as a whole only, which is cheap
  friend bool operator==(const GetStats&, const GetStats&) = default;
};
// Answered by SnapshotChunks that together hold the worker's whole state.
struct Snapshot {
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

// How one transport, its producers and its consumers fare, answered by TransportStatsChunks.
struct GetTransportStats {
  TransportId transport;
  friend bool operator==(const GetTransportStats&, const GetTransportStats&) = default;
};

using RequestBody =
    std::variant<Ping, CreateRouter, CloseRouter, CreateTransport, ConnectTransport, RestartIce,
                 CloseTransport, CreateProducer, CloseProducer, PauseProducer, CreateConsumer,
                 CloseConsumer, SetConsumerSource, SetConsumerDemand, PauseConsumer,
                 RequestKeyframe, CreateDataProducer, CloseDataProducer, CreateDataConsumer,
                 CloseDataConsumer, UpdateAppData, GetStats, Snapshot, GetTransportStats>;

struct Request {
  uint64_t id = 0;  // repeated in the response
  RequestBody body;
  friend bool operator==(const Request&, const Request&) = default;
};

}  // namespace stellwerk::proto
