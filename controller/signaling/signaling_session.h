#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/auth/shared_token.h"
#include "controller/room/room_directory.h"
#include "controller/room/room_outbox.h"
#include "controller/signaling/client_message.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Texts to send, in order, and whether to close the connection after them.
struct SignalingOutput {
  std::vector<std::string> texts;
  bool close = false;
};

// One client's signalling connection. What a message makes the rooms do goes to the outbox, also
// what this client itself is to hear because of it; that comes back through HandleEvent, after the
// texts that HandleMessage returned.
class SignalingSession {
 public:
  // A client that says nothing for this long is cut off.
  static constexpr TimeDelta kHelloTimeout = std::chrono::seconds(10);

  SignalingSession(ConnectionId connection, Timestamp opened, RoomDirectory& rooms,
                   const SharedToken& token)
      : connection_(connection), opened_(opened), rooms_(rooms), token_(token) {}

  SignalingOutput HandleMessage(Timestamp now, std::string_view text, RoomOutbox& out);
  SignalingOutput HandleEvent(const RoomEvent& event);
  // The connection is gone, by whosever wish.
  void HandleClosed(Timestamp now);
  // Once a second.
  SignalingOutput HandleTimeout(Timestamp now);

  // 30 messages a second in the long run, 150 at once. An offer is work for the worker and counts
  // as ten. Who sends more is cut off.
  static constexpr TimeDelta kMessageCost = std::chrono::microseconds(33'333);
  static constexpr TimeDelta kOfferCost = 10 * kMessageCost;
  static constexpr TimeDelta kLargestDebt = std::chrono::seconds(5);
  // Statistics ask the worker too; more often they are refused.
  static constexpr TimeDelta kStatsInterval = std::chrono::milliseconds(500);

 private:
  bool Spend(Timestamp now, TimeDelta cost);
  SignalingOutput Process(Timestamp now, std::string_view text, RoomOutbox& out);
  SignalingOutput Handle(Timestamp now, const HelloMessage& hello, RoomOutbox& out);
  SignalingOutput Handle(Timestamp now, const OfferMessage& offer, RoomOutbox& out);
  SignalingOutput Handle(Timestamp now, const TracksMessage& tracks, RoomOutbox& out);
  SignalingOutput Handle(Timestamp now, const ViewMessage& view, RoomOutbox& out);
  SignalingOutput Handle(Timestamp now, const StatsMessage& stats, RoomOutbox& out);
  SignalingOutput Handle(Timestamp now, const PingMessage& ping, RoomOutbox& out);
  SignalingOutput Handle(Timestamp now, const LeaveMessage& leave, RoomOutbox& out);

  ConnectionId connection_;
  Timestamp opened_;
  RoomDirectory& rooms_;
  const SharedToken& token_;
  std::optional<ParticipantId> participant_;
  // When the messages taken so far will have been paid for, at the long-run rate.
  Timestamp paid_at_{};
  Timestamp next_stats_{};
  bool closed_ = false;
};

}  // namespace stellwerk
