#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "proto/snapshot.h"
#include "proto/stats.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/session/endpoint.h"

namespace stellwerk {

// Data channels of all rooms: takes the messages of data producers to their data consumers. A
// subscriber that does not keep up loses messages, counted, and holds up nobody.
class DataExchange {
 public:
  // What may wait for the controller to take in a channel, and for a subscriber's association to
  // come up.
  static constexpr std::size_t kMaxHeldMessages = 256;
  static constexpr std::size_t kMaxHeldBytes = std::size_t{256} * 1024;
  // All that waits of the channels of one transport, with what each message costs beside its bytes:
  // a peer opens as many channels as it likes.
  static constexpr std::size_t kMaxHeldPerTransport = std::size_t{512} * 1024;
  // How long after its CreateDataProducer a channel's first messages are kept for new data
  // consumers.
  static constexpr TimeDelta kEarlyPeriod = std::chrono::seconds(2);

  struct Message {
    bool is_binary = false;
    std::vector<uint8_t> bytes;
  };
  // In order, bounded by the first two limits above.
  class Held {
   public:
    [[nodiscard]] bool HasRoomFor(const Message& message) const;
    void Add(const Message& message);
    [[nodiscard]] const std::deque<Message>& messages() const { return messages_; }
    void Clear();
    // Of memory, about.
    [[nodiscard]] std::size_t cost() const { return bytes_ + messages_.size() * sizeof(Message); }

   private:
    std::deque<Message> messages_;
    std::size_t bytes_ = 0;
  };
  struct Producer {
    proto::CreateDataProducer created;
    proto::DataChannelOpened opened;
    std::set<DataConsumerId> consumers;
    Held early;
    Timestamp early_until;
    uint64_t messages = 0;
    uint64_t bytes = 0;
  };
  struct Consumer {
    proto::CreateDataConsumer created;
    std::optional<StreamId> stream;  // nullopt until the association is up
    Held waiting;
    uint64_t messages = 0;
    uint64_t bytes = 0;
    uint64_t dropped = 0;
  };
  struct Unclaimed {
    proto::DataChannelOpened opened;
    Held early;
  };

  explicit DataExchange(Endpoint& endpoint) : endpoint_(endpoint) {}

  // What the transports tell.
  void HandleOpened(const proto::DataChannelOpened& opened);
  void HandleSctpConnected(TransportId transport, Timestamp now, TransportOutbox& out);
  void HandleData(const ReceivedData& data, Timestamp now, TransportOutbox& out);
  // nullopt if the channel was of nobody any more.
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

  [[nodiscard]] proto::DataStats StatsOf(TransportId transport) const;
  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

  [[nodiscard]] const std::map<DataProducerId, Producer>& producers() const { return producers_; }
  [[nodiscard]] const std::map<DataConsumerId, Consumer>& consumers() const { return consumers_; }
  using Channel = std::pair<TransportId, StreamId>;
  [[nodiscard]] const std::map<Channel, Unclaimed>& unclaimed() const { return unclaimed_; }

 private:
  // Keeps the message, if `held` (of this transport) and the transport have room for it.
  bool Hold(TransportId transport, Held& held, const Message& message);
  [[nodiscard]] std::size_t HeldCost(TransportId transport) const;
  void Deliver(Consumer& consumer, const Message& message, Timestamp now, TransportOutbox& out);
  void Send(Consumer& consumer, const Message& message, Timestamp now, TransportOutbox& out);
  void OpenChannel(Consumer& consumer, Timestamp now, TransportOutbox& out);
  void Forget(DataConsumerId id);
  void Forget(DataProducerId id, Timestamp now, TransportOutbox& out);

  Endpoint& endpoint_;
  std::map<DataProducerId, Producer> producers_;
  std::map<DataConsumerId, Consumer> consumers_;
  std::map<Channel, Unclaimed> unclaimed_;
  // Which channel is whose.
  std::map<Channel, DataProducerId> producer_channels_;
  std::map<Channel, DataConsumerId> consumer_channels_;
  std::map<TransportId, std::set<DataConsumerId>> consumers_of_;
  std::set<TransportId> connected_;
  std::deque<std::pair<Timestamp, DataProducerId>>
      early_ends_;  // in order: the period is the same for all
};

}  // namespace stellwerk
