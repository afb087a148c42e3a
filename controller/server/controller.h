#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "controller/auth/shared_token.h"
#include "controller/http/http_message.h"
#include "controller/room/room_directory.h"
#include "controller/signaling/signaling_session.h"
#include "controller/whip/whip_service.h"
#include "proto/message.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"

namespace stellwerk {

// What is to be done after a call: requests to workers, texts to connections, connections to end
// after their texts. In order within each list.
struct ControllerOutput {
  struct Text {
    ConnectionId connection;
    std::string text;
  };
  std::vector<RoomOutbox::ToWorker> requests;
  std::vector<Text> texts;
  std::vector<ConnectionId> closing;
};

// The whole controller without sockets, processes and clock: rooms, the signalling of every
// connection, WHIP and WHEP.
class Controller {
 public:
  struct Options {
    RoomSettings rooms;
    std::string room_token;
    std::string whip_token;  // empty: room_token holds for WHIP and WHEP too
    std::vector<std::string> allowed_origins;
  };
  Controller(Options options, Random& random);

  void OpenConnection(Timestamp now, ConnectionId id);
  void HandleText(Timestamp now, ConnectionId id, std::string_view text, ControllerOutput& out);
  void CloseConnection(Timestamp now, ConnectionId id);
  HttpResponse HandleWhip(Timestamp now, const HttpRequest& request, ControllerOutput& out);

  void AddWorker(WorkerId id, const proto::WorkerHello& hello, ControllerOutput& out);
  void LoseWorker(WorkerId id, ControllerOutput& out);
  void HandleNotification(WorkerId id, const proto::Notification& notification,
                          ControllerOutput& out);

  // The answer to a request with a query; an Error also if the worker is gone.
  void HandleStats(StatsQueryId query, proto::ResponseBody response, ControllerOutput& out);

  // Once a second.
  void HandleTimeout(Timestamp now, ControllerOutput& out);
  // Nobody new is taken.
  void Drain() { rooms_.Drain(); }
  // Says goodbye to everybody.
  void Shutdown(ControllerOutput& out);

  [[nodiscard]] const RoomDirectory& rooms() const { return rooms_; }
  [[nodiscard]] std::size_t connection_count() const { return sessions_.size(); }

 private:
  void Deliver(RoomOutbox& rooms_out, ControllerOutput& out);
  static void Append(ConnectionId id, SignalingOutput output, ControllerOutput& out);

  SharedToken room_token_;
  SharedToken whip_token_;
  RoomDirectory rooms_;
  WhipService whip_;
  absl::flat_hash_map<ConnectionId, std::unique_ptr<SignalingSession>> sessions_;
};

}  // namespace stellwerk
