#include "controller/room/room_directory.h"

#include <algorithm>
#include <type_traits>
#include <variant>
#include <vector>

namespace stellwerk {
namespace {

template <typename Map, typename Id>
Room* Lookup(const Map& map, Id id) {
  const auto it = map.find(id);
  return it == map.end() ? nullptr : it->second;
}

// The room that a notification is about; nullptr if it crossed the object's removal.
Room* RoomOf(const RoomWorker& worker, const proto::Notification& notification) {
  return std::visit(
      [&](const auto& body) {
        if constexpr (requires { body.transport; }) {
          return Lookup(worker.transports, body.transport);
        } else if constexpr (requires { body.consumer; }) {
          return Lookup(worker.consumers, body.consumer);
        } else if constexpr (requires { body.router; }) {
          return Lookup(worker.routers, body.router);
        } else {
          return Lookup(worker.producers, body.producer);
        }
      },
      notification);
}

}  // namespace

RoomDirectory::RoomDirectory(RoomSettings settings, Random& random)
    : settings_(std::move(settings)), random_(random) {}
RoomDirectory::~RoomDirectory() = default;

void RoomDirectory::AddWorker(WorkerId id, WorkerDescription description, RoomOutbox& out) {
  auto& worker = workers_[id];
  worker = std::make_unique<RoomWorker>(
      RoomWorker{id, std::move(description), WorkerIds(random_), {}, {}, {}, {}});
  for (const auto& [name, room] : rooms_) {
    if (room->worker() == nullptr) room->SetWorker(*LeastLoaded(), out);
  }
}

void RoomDirectory::LoseWorker(WorkerId id, RoomOutbox& out) {
  const auto it = workers_.find(id);
  if (it == workers_.end()) return;
  const std::unique_ptr<RoomWorker> lost = std::move(it->second);
  workers_.erase(it);
  FailStatsOf(id, out);
  std::vector<Room*> orphans;
  for (const auto& [name, room] : rooms_) {
    if (room->worker() == lost.get()) orphans.push_back(room.get());
  }
  for (Room* room : orphans) {
    room->LoseWorker(out);
    if (RoomWorker* other = LeastLoaded()) room->SetWorker(*other, out);
    CloseIfEmpty(*room, out);
  }
}

void RoomDirectory::HandleNotification(WorkerId id, const proto::Notification& notification,
                                       RoomOutbox& out) {
  const auto worker = workers_.find(id);
  if (worker == workers_.end()) return;
  Room* room = stellwerk::RoomOf(*worker->second, notification);
  if (room == nullptr) return;
  room->HandleNotification(notification, out);
  CloseIfEmpty(*room, out);
}

Expected<Joined, RoomError> RoomDirectory::Join(const JoinRequest& request, RoomOutbox& out) {
  const auto it = rooms_.find(request.room.Reveal());
  // A participant who is still here only comes back.
  const auto comes_back = [&] {
    return it != rooms_.end() && request.kind == ParticipantKind::kClient &&
           it->second->Has(request.identity.Reveal());
  };
  if (draining_ && !comes_back()) {
    return Unexpected(RoomError{RoomErrorCode::kUnavailable,
                                "this server is shutting down and takes nobody new"});
  }
  if (it != rooms_.end()) {
    return it->second->Join(request, out);
  }
  if (rooms_.size() >= settings_.max_rooms) {
    return Unexpected(
        RoomError{RoomErrorCode::kFull,
                  "this server has " + std::to_string(rooms_.size()) + " rooms, its limit"});
  }
  auto room = std::make_unique<Room>(request.room, settings_, index_, random_);
  if (RoomWorker* worker = LeastLoaded()) room->SetWorker(*worker, out);
  auto joined = room->Join(request, out);
  rooms_.emplace(request.room.Reveal(), std::move(room));
  return joined;
}

void RoomDirectory::LoseConnection(Timestamp now, ParticipantId id, ConnectionId connection) {
  if (Room* room = RoomOf(id)) room->LoseConnection(now, id, connection);
}

void RoomDirectory::Leave(ParticipantId id, RoomOutbox& out) {
  Room* room = RoomOf(id);
  if (room == nullptr) return;
  room->Leave(id, out);
  CloseIfEmpty(*room, out);
}

Expected<std::string, RoomError> RoomDirectory::HandleOffer(Timestamp now, ParticipantId id,
                                                            std::string_view offer,
                                                            RoomOutbox& out) {
  Room* room = RoomOf(id);
  if (room == nullptr) return Unexpected(RoomError{RoomErrorCode::kNotFound, "not in a room"});
  return room->HandleOffer(now, id, offer, out);
}

void RoomDirectory::SetTracks(ParticipantId id,
                              std::span<const std::pair<Mid, TrackSettings>> tracks,
                              RoomOutbox& out) {
  if (Room* room = RoomOf(id)) room->SetTracks(id, tracks, out);
}

std::optional<RoomError> RoomDirectory::SetViews(ParticipantId id,
                                                 std::span<const Room::ViewChange> changes,
                                                 RoomOutbox& out) {
  Room* room = RoomOf(id);
  if (room == nullptr) return RoomError{RoomErrorCode::kNotFound, "not in a room"};
  return room->SetViews(id, changes, out);
}

void RoomDirectory::HandleTimeout(Timestamp now, RoomOutbox& out) {
  GiveUpLateStats(now, out);
  std::vector<Room*> rooms;
  for (const auto& [name, room] : rooms_) rooms.push_back(room.get());
  for (Room* room : rooms) {
    room->HandleTimeout(now, out);
    CloseIfEmpty(*room, out);
  }
}

void RoomDirectory::Shutdown(RoomOutbox& out) {
  draining_ = true;
  for (const auto& [name, room] : rooms_) room->Shutdown(out);
}

std::optional<ParticipantId> RoomDirectory::FindSession(std::string_view secret) const {
  const auto it = index_.sessions.find(std::string(secret));
  if (it == index_.sessions.end()) return std::nullopt;
  return it->second;
}

const Participant* RoomDirectory::Find(ParticipantId id) const {
  const Room* room = RoomOf(id);
  return room == nullptr ? nullptr : room->Find(id);
}

Room* RoomDirectory::RoomOf(ParticipantId id) const {
  const auto it = index_.rooms.find(id);
  return it == index_.rooms.end() ? nullptr : it->second;
}

RoomWorker* RoomDirectory::LeastLoaded() const {
  absl::flat_hash_map<const RoomWorker*, std::size_t> load;
  for (const auto& [name, room] : rooms_) {
    if (room->worker() != nullptr) load[room->worker()] += room->size();
  }
  RoomWorker* best = nullptr;
  const auto better = [&](const RoomWorker* a, const RoomWorker* b) {
    return std::pair(load[a], a->id) < std::pair(load[b], b->id);
  };
  for (const auto& [id, worker] : workers_) {
    if (best == nullptr || better(worker.get(), best)) best = worker.get();
  }
  return best;
}

void RoomDirectory::CloseIfEmpty(Room& room, RoomOutbox& out) {
  if (!room.empty()) return;
  room.Close(out);
  rooms_.erase(std::string(room.name().Reveal()));
}

}  // namespace stellwerk
