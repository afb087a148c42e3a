#include "controller/server/controller.h"

#include <utility>

namespace stellwerk {

Controller::Controller(Options options, Random& random)
    : room_token_(options.room_token),
      whip_token_(options.whip_token.empty() ? options.room_token : options.whip_token),
      rooms_(std::move(options.rooms), random),
      whip_(rooms_, whip_token_, std::move(options.allowed_origins)) {}

void Controller::OpenConnection(Timestamp now, ConnectionId id) {
  sessions_[id] = std::make_unique<SignalingSession>(id, now, rooms_, room_token_);
}

void Controller::HandleText(Timestamp now, ConnectionId id, std::string_view text,
                            ControllerOutput& out) {
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return;
  RoomOutbox rooms_out;
  Append(id, session->second->HandleMessage(now, text, rooms_out), out);
  Deliver(rooms_out, out);
}

void Controller::CloseConnection(Timestamp now, ConnectionId id) {
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return;
  session->second->HandleClosed(now);
  sessions_.erase(session);
}

HttpResponse Controller::HandleWhip(Timestamp now, const HttpRequest& request,
                                    ControllerOutput& out) {
  RoomOutbox rooms_out;
  HttpResponse response = whip_.Handle(now, request, rooms_out);
  Deliver(rooms_out, out);
  return response;
}

void Controller::AddWorker(WorkerId id, const proto::WorkerHello& hello, ControllerOutput& out) {
  RoomOutbox rooms_out;
  rooms_.AddWorker(id, WorkerDescription{hello.fingerprint, hello.candidates}, rooms_out);
  Deliver(rooms_out, out);
}

void Controller::LoseWorker(WorkerId id, ControllerOutput& out) {
  RoomOutbox rooms_out;
  rooms_.LoseWorker(id, rooms_out);
  Deliver(rooms_out, out);
}

void Controller::HandleNotification(WorkerId id, const proto::Notification& notification,
                                    ControllerOutput& out) {
  RoomOutbox rooms_out;
  rooms_.HandleNotification(id, notification, rooms_out);
  Deliver(rooms_out, out);
}

void Controller::HandleStats(StatsQueryId query, proto::ResponseBody response,
                             ControllerOutput& out) {
  RoomOutbox rooms_out;
  rooms_.HandleStats(query, std::move(response), rooms_out);
  Deliver(rooms_out, out);
}

void Controller::HandleTimeout(Timestamp now, ControllerOutput& out) {
  for (const auto& [id, session] : sessions_) Append(id, session->HandleTimeout(now), out);
  RoomOutbox rooms_out;
  rooms_.HandleTimeout(now, rooms_out);
  Deliver(rooms_out, out);
}

void Controller::Shutdown(ControllerOutput& out) {
  RoomOutbox rooms_out;
  rooms_.Shutdown(rooms_out);
  Deliver(rooms_out, out);
}

void Controller::Deliver(RoomOutbox& rooms_out, ControllerOutput& out) {
  std::move(rooms_out.requests.begin(), rooms_out.requests.end(), std::back_inserter(out.requests));
  for (const RoomOutbox::ToConnection& event : rooms_out.events) {
    const auto session = sessions_.find(event.connection);
    if (session != sessions_.end())
      Append(event.connection, session->second->HandleEvent(event.event), out);
  }
}

void Controller::Append(ConnectionId id, SignalingOutput output, ControllerOutput& out) {
  for (std::string& text : output.texts) out.texts.push_back({id, std::move(text)});
  if (output.close) out.closing.push_back(id);
}

}  // namespace stellwerk
