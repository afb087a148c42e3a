#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "transport/sctp/dcep.h"
#include "transport/sctp/sctp_association.h"
#include "transport/sctp/sctp_socket.h"

namespace stellwerk {

// What a SctpAssociation is inside: the data channels (RFC 8831, RFC 8832) over a SctpSocket.
class SctpAssociation::Core {
 public:
  Core(SctpStack& stack, const SctpConfig& config);

  void Connect(Timestamp now, SctpOutput& out);
  void HandlePacket(Timestamp now, std::span<const uint8_t> packet, SctpOutput& out);
  void HandleTimeout(Timestamp now, SctpOutput& out);
  [[nodiscard]] Timestamp next_timeout() const { return next_timeout_; }
  Expected<StreamId, DropReason> OpenChannel(Timestamp now, const DataChannelParameters& parameters,
                                             SctpOutput& out);
  Expected<std::monostate, DropReason> Send(Timestamp now, StreamId stream, bool is_binary,
                                            std::span<const uint8_t> bytes, SctpOutput& out);
  void CloseChannel(Timestamp now, StreamId stream, SctpOutput& out);
  void Abort(SctpOutput& out);
  [[nodiscard]] bool is_up() const { return state_ == State::kUp; }
  [[nodiscard]] std::size_t queued_bytes() const { return queued_bytes_; }

 private:
  enum class State : uint8_t { kNew, kConnecting, kUp, kDown };
  struct Channel {
    DataChannelParameters parameters;
    // RFC 8832 §6: until the peer has acknowledged the opening, everything is sent in order.
    bool is_acknowledged = false;
    bool is_closing = false;      // nothing more is sent
    bool is_reset_asked = false;  // our half
    bool is_outgoing_reset = false;
    bool is_incoming_reset = false;
    std::size_t queued = 0;  // messages of it in queue_
  };
  struct Queued {
    StreamId stream;
    uint32_t ppid = 0;
    Timestamp expires = kNever;
    std::vector<uint8_t> bytes;
  };

  // Takes what the socket has collected, acts on it, sends what can be sent.
  void Settle(Timestamp now, SctpOutput& out);
  void On(SctpDelivery& delivery, Timestamp now, SctpOutput& out);
  void On(const SctpAssociationUp& up, Timestamp now, SctpOutput& out);
  void On(const SctpAssociationLost& lost, Timestamp now, SctpOutput& out);
  void On(const SctpStreamsReset& reset, Timestamp now, SctpOutput& out);
  void On(const SctpDeliveryAborted& aborted, Timestamp now, SctpOutput& out);
  void OnMessage(SctpDelivery& message, SctpOutput& out);
  void OnControl(StreamId stream, std::span<const uint8_t> bytes, SctpOutput& out);
  void OnOpen(StreamId stream, const DcepOpen& open, SctpOutput& out);
  void OnReset(StreamId stream, Channel& channel, const SctpStreamsReset& reset, SctpOutput& out);
  // The whole message of which `part` is the end or the only part; nullopt: more to come, or
  // dropped.
  std::optional<SctpDelivery> Assemble(SctpDelivery& part, SctpOutput& out);

  void Enqueue(Queued message);
  void Flush(Timestamp now, SctpOutput& out);
  [[nodiscard]] bool HasRoomFor(std::size_t bytes) const {
    return queue_.empty() || queued_bytes_ + bytes <= config_.max_queued_bytes;
  }
  void AskForResets();
  void DropQueued(StreamId stream);
  void EraseIfReset(StreamId stream);
  void GoDown(SctpOutput& out);
  void UpdateTimer(Timestamp now);
  [[nodiscard]] std::optional<StreamId> FreeStream() const;
  // RFC 8832 §6: which streams we open.
  [[nodiscard]] uint16_t OurParity() const {
    return config_.dtls_role == DtlsRole::kClient ? 0 : 1;
  }
  [[nodiscard]] std::size_t MaxOutgoingMessage() const;

  SctpConfig config_;
  SctpSocket socket_;
  State state_ = State::kNew;
  uint16_t outgoing_streams_ = kStreams;
  absl::flat_hash_map<StreamId, Channel> channels_;
  std::deque<Queued> queue_;
  std::size_t queued_bytes_ = 0;
  std::optional<std::size_t> refused_;  // the size of what Send() refused for want of room
  std::map<std::pair<uint16_t, bool>, SctpDelivery> partial_;  // by stream and whether unordered
  Timestamp last_activity_;
  Timestamp next_timeout_ = kNever;
};

}  // namespace stellwerk
