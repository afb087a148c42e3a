#include "controller/room/room.h"

#include <algorithm>

#include "controller/auth/secure_random.h"
#include "controller/auth/shared_token.h"
#include "proto/app_data.h"

namespace stellwerk {

Room::Room(Redacted name, const RoomSettings& settings, ParticipantIndex& index, Random& random)
    : name_(std::move(name)), settings_(settings), index_(index), random_(random) {}

Room::~Room() = default;

void Room::SetWorker(RoomWorker& worker, RoomOutbox& out) {
  worker_ = &worker;
  router_ = worker.ids.NextRouter();
  worker.routers[router_] = this;
  Request(proto::CreateRouter{router_, proto::EncodeAppData(proto::RoomData{name_.Reveal()})}, out);
  if (!std::exchange(tell_reconnect_, false)) return;
  for (const ParticipantPtr& participant : participants_) {
    participant->media_lost = participant->connection == ConnectionId();
    Tell(*participant, ReconnectNeeded{ReconnectReason::kWorkerLost}, out);
  }
}

void Room::LoseWorker(RoomOutbox& out) {
  worker_ = nullptr;  // its indices go with it
  loudest_.clear();
  tell_reconnect_ = true;
  std::vector<ParticipantId> sessions;
  for (const ParticipantPtr& participant : participants_) {
    DropMedia(*participant, false, out);
    if (participant->kind != ParticipantKind::kClient) sessions.push_back(participant->id);
  }
  for (const ParticipantId id : sessions) Remove(id, out);
  for (const ParticipantPtr& participant : participants_) {
    TellOthers(participant->id, ParticipantUpdated{participant->Info()}, out);
  }
}

void Room::Close(RoomOutbox& out) {
  if (worker_ == nullptr) return;
  Request(proto::CloseRouter{router_}, out);
  worker_->routers.erase(router_);
  worker_ = nullptr;
}

Expected<Joined, RoomError> Room::Join(const JoinRequest& request, RoomOutbox& out) {
  Participant* existing = FindIdentity(request.identity.Reveal());
  if (existing != nullptr) {
    if (existing->kind != request.kind) {
      return Unexpected(
          RoomError{RoomErrorCode::kConflict, "this identity is in the room already"});
    }
    if (request.kind == ParticipantKind::kClient) {
      const SharedToken secret(existing->secret.Reveal());
      if (!secret.Admits(request.secret.Reveal())) {
        return Unexpected(
            RoomError{RoomErrorCode::kUnauthorized,
                      "this identity is in the room already, and its secret does not match"});
      }
      return Resume(*existing, request, out);
    }
  }
  // A publisher that starts again has lost its session's address; the newer one counts, once its
  // offer has proven to be one.
  const std::size_t staying = participants_.size() - (existing != nullptr ? 1 : 0);
  if (staying >= settings_.max_participants) {
    return Unexpected(RoomError{
        RoomErrorCode::kFull,
        "the room has " + std::to_string(participants_.size()) + " participants, its limit"});
  }

  auto participant = std::make_unique<Participant>();
  participant->id = ParticipantId(index_.next_id++);
  participant->kind = request.kind;
  participant->identity =
      request.identity.Reveal().empty() ? Redacted(AllocateIdentity()) : request.identity;
  participant->name = request.name.Reveal().empty() ? participant->identity : request.name;
  participant->secret = Redacted(RandomText(random_, 32));
  participant->viewed = request.viewed;
  participant->end_to_end_encrypted = request.end_to_end_encrypted;
  if (existing != nullptr) participant->replaces = existing->id;
  participant->connection = request.connection;

  Joined joined{participant->id, participant->secret, false, participant->Info(), {}};
  for (const ParticipantPtr& other : participants_) {
    if (other->visible()) joined.others.push_back(other->Info());
  }
  if (participant->visible()) TellOthers(participant->id, ParticipantJoined{joined.self}, out);
  index_.rooms[participant->id] = this;
  if (participant->kind != ParticipantKind::kClient) {
    index_.sessions[participant->secret.Reveal()] = participant->id;
  }
  participants_.push_back(std::move(participant));
  return joined;
}

Joined Room::Resume(Participant& participant, const JoinRequest& request, RoomOutbox& out) {
  if (participant.connection != ConnectionId())
    Tell(participant, Goodbye{ByeReason::kReplaced}, out);
  participant.connection = request.connection;
  participant.end_to_end_encrypted = request.end_to_end_encrypted;
  if (!request.name.Reveal().empty() && request.name != participant.name) {
    participant.name = request.name;
    TellOthers(participant.id, ParticipantUpdated{participant.Info()}, out);
  }
  Joined joined{participant.id, participant.secret, true, participant.Info(), {}};
  for (const ParticipantPtr& other : participants_) {
    if (other->visible() && other->id != participant.id) joined.others.push_back(other->Info());
  }
  if (std::exchange(participant.media_lost, false)) {
    Tell(participant, ReconnectNeeded{ReconnectReason::kTransportLost}, out);
  }
  TellAllSlots(participant, out);
  TellEncodings(participant, out);
  if (!loudest_.empty()) Tell(participant, Speakers(), out);
  return joined;
}

void Room::LoseConnection(Timestamp now, ParticipantId id, ConnectionId connection) {
  Participant* participant = Get(id);
  if (participant == nullptr || participant->connection != connection) return;
  participant->connection = ConnectionId();
  participant->connection_lost = now;
}

void Room::Leave(ParticipantId id, RoomOutbox& out) {
  const Participant* participant = Get(id);
  if (participant == nullptr) return;
  Tell(*participant, Goodbye{ByeReason::kLeft}, out);
  Remove(id, out);
}

void Room::Remove(ParticipantId id, RoomOutbox& out) {
  const auto it = std::find_if(participants_.begin(), participants_.end(),
                               [&](const ParticipantPtr& p) { return p->id == id; });
  if (it == participants_.end()) return;
  const ParticipantPtr participant = std::move(*it);
  participants_.erase(it);
  index_.rooms.erase(id);
  index_.sessions.erase(participant->secret.Reveal());
  std::erase(spoke_, id);
  DropMedia(*participant, true, out);
  if (participant->visible()) TellOthers(id, ParticipantLeft{participant->identity}, out);
  AssignAll(out);
}

void Room::HandleTimeout(Timestamp now, RoomOutbox& out) {
  std::vector<ParticipantId> gone;
  for (const ParticipantPtr& p : participants_) {
    const bool client = p->kind == ParticipantKind::kClient;
    const bool left =
        client && p->connection == ConnectionId() && now - p->connection_lost >= settings_.grace;
    const bool never_came = !client && p->media && !p->media->was_connected &&
                            now - p->media->created >= settings_.connect_timeout;
    if (left || never_came) gone.push_back(p->id);
  }
  for (const ParticipantId id : gone) Remove(id, out);
}

void Room::Shutdown(RoomOutbox& out) {
  for (const ParticipantPtr& participant : participants_) {
    Tell(*participant, Goodbye{ByeReason::kShutdown}, out);
  }
}

const Participant* Room::Find(ParticipantId id) const { return const_cast<Room*>(this)->Get(id); }

Participant* Room::Get(ParticipantId id) {
  const auto it = std::find_if(participants_.begin(), participants_.end(),
                               [&](const ParticipantPtr& p) { return p->id == id; });
  return it == participants_.end() ? nullptr : it->get();
}

Participant* Room::FindIdentity(std::string_view identity) {
  const auto it =
      std::find_if(participants_.begin(), participants_.end(),
                   [&](const ParticipantPtr& p) { return p->identity.Reveal() == identity; });
  return it == participants_.end() ? nullptr : it->get();
}

std::string Room::AllocateIdentity() {
  std::string identity = RandomText(random_, 12);
  while (FindIdentity(identity) != nullptr) identity = RandomText(random_, 12);
  return identity;
}

void Room::Request(proto::RequestBody body, RoomOutbox& out) const {
  if (worker_ != nullptr) out.requests.push_back({worker_->id, std::move(body)});
}

void Room::Tell(const Participant& participant, RoomEvent event, RoomOutbox& out) {
  if (participant.connection == ConnectionId()) return;
  out.events.push_back({participant.connection, std::move(event)});
}

void Room::TellOthers(ParticipantId except, const RoomEvent& event, RoomOutbox& out) const {
  for (const ParticipantPtr& participant : participants_) {
    if (participant->id != except) Tell(*participant, event, out);
  }
}

}  // namespace stellwerk
