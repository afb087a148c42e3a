#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "proto/snapshot.h"
#include "proto/stats.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/session/endpoint.h"
#include "worker/data_queue.h"
#include "worker/data_receiver.h"

namespace stellwerk {

// Data channels of all rooms: takes the messages of data producers to their data consumers. Each
// receiver has queues of its own (DataReceiver), so one that is slow holds up nobody.
class DataExchange {
 public:
  // What may wait of one channel for the controller to take it in, and for the first data
  // consumers.
  static constexpr std::size_t kMaxHeldMessages = 256;
  static constexpr std::size_t kMaxHeldBytes = std::size_t{256} << 10;
  // The same of all channels of one transport: a peer opens as many as it likes.
  static constexpr std::size_t kMaxHeldPerTransport = std::size_t{512} << 10;
  // How long after its CreateDataProducer a channel's first messages are kept for new data
  // consumers.
  static constexpr TimeDelta kEarlyPeriod = std::chrono::seconds(2);

  struct Producer {
    proto::CreateDataProducer created;
    proto::DataChannelOpened opened;
    std::map<DataConsumerId, DataReceiver*> consumers;
    DataQueue early;
    Timestamp early_until;
    uint64_t messages = 0;
    uint64_t bytes = 0;
  };
  struct Unclaimed {
    proto::DataChannelOpened opened;
    DataQueue early;
  };

  explicit DataExchange(Endpoint& endpoint) : endpoint_(endpoint) {}

  // What the transports tell.
  void HandleOpened(const proto::DataChannelOpened& opened);
  void HandleSctpConnected(TransportId transport, Timestamp now, TransportOutbox& out);
  void HandleWritable(TransportId transport, Timestamp now, TransportOutbox& out);
  void HandleData(ReceivedData data, Timestamp now, TransportOutbox& out);
  // nullopt if the channel was of nobody any more, or is only being opened anew.
  std::optional<proto::DataChannelClosed> HandleClosed(TransportId transport, StreamId stream,
                                                       Timestamp now, TransportOutbox& out);

  // What the controller wants.
  absl::Status Create(const proto::CreateDataProducer& request, Timestamp now);
  absl::Status Create(const proto::CreateDataConsumer& request, Timestamp now,
                      TransportOutbox& out);
  absl::Status Close(DataProducerId id, Timestamp now, TransportOutbox& out);
  absl::Status Close(DataConsumerId id, Timestamp now, TransportOutbox& out);
  // The transport is about to go, and its channels with it.
  void CloseTransport(TransportId transport, Timestamp now, TransportOutbox& out);
  absl::Status UpdateAppData(DataProducerId id, proto::AppData app_data);
  absl::Status UpdateAppData(DataConsumerId id, proto::AppData app_data);

  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

  [[nodiscard]] const std::map<DataProducerId, Producer>& producers() const { return producers_; }
  // Each data consumer, and where its channel is.
  [[nodiscard]] const std::map<DataConsumerId, DataReceiver*>& consumers() const {
    return consumers_;
  }
  using Channel = std::pair<TransportId, StreamId>;
  [[nodiscard]] const std::map<Channel, Unclaimed>& unclaimed() const { return unclaimed_; }
  [[nodiscard]] const DataTotals& totals() const { return totals_; }
  [[nodiscard]] proto::DataStats StatsOf(TransportId transport) const;

 private:
  // Keeps the message, if `held` (of this transport) and the transport have room for it.
  bool Hold(TransportId transport, DataQueue& held, const DataMessage& message);
  [[nodiscard]] std::size_t HeldCost(TransportId transport) const;
  DataReceiver& ReceiverOf(TransportId transport);
  // Also where the receiver has forgotten it already.
  void Forget(DataConsumerId id);
  void Forget(DataProducerId id, Timestamp now, TransportOutbox& out);

  Endpoint& endpoint_;
  DataTotals totals_;
  std::map<DataProducerId, Producer> producers_;
  std::map<TransportId, DataReceiver> receivers_;
  std::map<DataConsumerId, DataReceiver*> consumers_;
  std::map<DataConsumerId, DataProducerId> sources_;
  std::map<Channel, Unclaimed> unclaimed_;
  std::map<Channel, DataProducerId> producer_channels_;
  std::deque<std::pair<Timestamp, DataProducerId>>
      early_ends_;  // in order: the period is the same for all
};

}  // namespace stellwerk
