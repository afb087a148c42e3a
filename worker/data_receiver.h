#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "absl/status/status.h"
#include "proto/request.h"
#include "proto/stats.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/sctp/sctp_association.h"
#include "transport/session/endpoint.h"
#include "worker/data_queue.h"

namespace stellwerk {

// Counters of all receivers, those that are gone included.
struct DataTotals {
  uint64_t dropped = 0;
  uint64_t interruptions = 0;
};

// The data channels that are opened towards one transport (data consumers). Each has a queue, and
// the queues take turns as the association takes messages; so a slow receiver waits for itself
// alone.
//
// When a queue passes its bound its oldest messages go. On a channel that may lose messages
// (max_retransmits, max_lifetime) that is all. On a reliable one a gap in the middle would go
// unnoticed: the channel is closed behind the last message that was handed over, and as soon as the
// receiver has confirmed that, opened again for what is left in the queue. So within one channel a
// receiver never misses a message, and it knows when it has missed some.
class DataReceiver {
 public:
  // Each holds at least one message of the largest size.
  static constexpr std::size_t kMaxQueued = std::size_t{1} << 20;
  static constexpr std::size_t kMaxQueuedUnreliable = std::size_t{320} << 10;
  // Of all channels of the receiver: the fullest gives.
  static constexpr std::size_t kMaxQueuedTotal = std::size_t{2} << 20;
  static_assert(kMaxQueuedUnreliable > SctpAssociation::kMaxMessageSize + DataMessage::kOverhead);

  struct Channel {
    proto::CreateDataConsumer created;
    // nullopt: it is still to be opened.
    std::optional<StreamId> stream;
    // We closed it to open it again; the receiver has not confirmed yet.
    bool is_interrupted = false;
    bool is_in_line = false;  // waits in the backlog for its turn
    DataQueue queue;
    uint64_t messages = 0;
    uint64_t bytes = 0;
    uint64_t dropped = 0;
    uint64_t interruptions = 0;

    [[nodiscard]] bool is_open() const { return stream && !is_interrupted; }
    [[nodiscard]] bool is_reliable() const {
      return !created.channel.max_retransmits && !created.channel.max_lifetime_ms;
    }
  };

  // All must outlive it.
  DataReceiver(Endpoint& endpoint, TransportId transport, DataTotals& totals)
      : endpoint_(endpoint), transport_(transport), totals_(totals) {}

  // The channel is opened when the association is up. `early`: messages that it begins with.
  // ResourceExhausted: no stream is free.
  absl::Status Create(const proto::CreateDataConsumer& request, const DataQueue& early,
                      Timestamp now, TransportOutbox& out);
  // Closes and forgets the channel; unknown ids are ignored.
  void Close(DataConsumerId id, Timestamp now, TransportOutbox& out);

  void HandleConnected(Timestamp now, TransportOutbox& out);
  void HandleWritable(Timestamp now, TransportOutbox& out);
  // The end of a channel: forgotten if the receiver wanted it (its id is returned), opened again if
  // we did.
  std::optional<DataConsumerId> HandleClosed(StreamId stream, Timestamp now, TransportOutbox& out);

  void Deliver(DataConsumerId id, const DataMessage& message, Timestamp now, TransportOutbox& out);

  [[nodiscard]] const std::map<DataConsumerId, Channel>& channels() const { return channels_; }
  [[nodiscard]] Channel* Find(DataConsumerId id);
  [[nodiscard]] proto::DataStats stats() const;

 private:
  // False: the association is full; the message has not been taken.
  bool Send(Channel& channel, const DataMessage& message, Timestamp now, TransportOutbox& out);
  void Drain(Timestamp now, TransportOutbox& out);
  void Enqueue(Channel& channel, const DataMessage& message, Timestamp now, TransportOutbox& out);
  // Drops the oldest messages until the queue costs no more than `limit`.
  void Shed(Channel& channel, std::size_t limit, Timestamp now, TransportOutbox& out);
  void DropExpired(Channel& channel, Timestamp now, TransportOutbox& out);
  DataMessage TakeFrom(Channel& channel);
  void LineUp(Channel& channel);
  void LeaveLine(Channel& channel);
  void CountDrop(Channel& channel, DropReason reason, TransportOutbox& out);
  // Closes the channel, to open it again.
  void Interrupt(Channel& channel, Timestamp now, TransportOutbox& out);
  bool Open(Channel& channel, Timestamp now, TransportOutbox& out);
  void OpenAll(Timestamp now, TransportOutbox& out);
  void Forget(DataConsumerId id);

  Endpoint& endpoint_;
  TransportId transport_;
  DataTotals& totals_;
  bool is_connected_ = false;
  bool is_full_ = false;  // the association; until HandleWritable
  std::map<DataConsumerId, Channel> channels_;
  std::map<StreamId, DataConsumerId> streams_;
  std::deque<DataConsumerId> backlog_;  // open channels with messages, in the order of their turns
  std::size_t queued_ = 0;              // cost of all queues
};

}  // namespace stellwerk
