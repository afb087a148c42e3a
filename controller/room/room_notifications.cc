// The half of Room that listens to its worker.
#include <algorithm>
#include <variant>

#include "controller/room/room.h"

namespace stellwerk {

void Room::HandleNotification(const proto::Notification& notification, RoomOutbox& out) {
  std::visit([&](const auto& body) { Handle(body, out); }, notification);
}

void Room::Handle(const proto::TransportPhaseChanged& change, RoomOutbox& out) {
  Participant* participant = OwnerOf(change.transport);
  if (participant == nullptr) return;
  switch (change.phase) {
    case proto::TransportPhase::kConnected:
      participant->media->was_connected = true;
      break;
    case proto::TransportPhase::kGone:
    case proto::TransportPhase::kFailed:
      LoseTransport(*participant, out);
      break;
    case proto::TransportPhase::kNew:
    case proto::TransportPhase::kDisconnected:
      break;
  }
}

void Room::LoseTransport(Participant& participant, RoomOutbox& out) {
  if (participant.kind != ParticipantKind::kClient) return Remove(participant.id, out);
  DropMedia(participant, true, out);
  if (participant.connection == ConnectionId()) {
    participant.media_lost = true;
  } else {
    Tell(participant, ReconnectNeeded{ReconnectReason::kTransportLost}, out);
  }
  TellOthers(participant.id, ParticipantUpdated{participant.Info()}, out);
  AssignAll(out);
}

void Room::Handle(const proto::ConsumerSourceChanged& change, RoomOutbox& out) {
  const auto [participant, slot] = FindSlot(change.consumer);
  if (slot == nullptr || slot->source == change.source) return;
  slot->source = change.source;
  slot->codec_unsupported = false;
  Tell(*participant, SlotsChanged{{ContentOf(*slot)}}, out);
}

void Room::Handle(const proto::ConsumerCodecUnsupported& unsupported, RoomOutbox& out) {
  const auto [participant, slot] = FindSlot(unsupported.consumer);
  if (slot == nullptr || slot->source != unsupported.producer || slot->codec_unsupported) return;
  slot->codec_unsupported = true;
  Tell(*participant, SlotsChanged{{ContentOf(*slot)}}, out);
}

namespace {

TrackEncodings EncodingsOf(const Track& track) {
  TrackEncodings encodings{track.mid, {}};
  uint32_t wanted = track.wanted.value_or(~uint32_t{0});
  for (const Rid& rid : track.rids) {
    encodings.wanted.emplace_back(rid, (wanted & 1U) != 0);
    wanted >>= 1U;
  }
  return encodings;
}

}  // namespace

void Room::Handle(const proto::ProducerEncodingsWanted& wanted, RoomOutbox& out) {
  const auto owner = owners_.find(wanted.producer);
  Participant* participant = owner == owners_.end() ? nullptr : Get(owner->second);
  if (participant == nullptr) return;
  for (Track& track : participant->media->tracks) {
    if (track.id != wanted.producer || track.wanted == wanted.encodings) continue;
    track.wanted = wanted.encodings;
    Tell(*participant, EncodingsWanted{{EncodingsOf(track)}}, out);
  }
}

void Room::TellEncodings(const Participant& participant, RoomOutbox& out) {
  if (!participant.media) return;
  EncodingsWanted all;
  for (const Track& track : participant.media->tracks) {
    if (track.wanted) all.tracks.push_back(EncodingsOf(track));
  }
  if (!all.tracks.empty()) Tell(participant, std::move(all), out);
}

void Room::Handle(const proto::ActiveSpeakersChanged& change, RoomOutbox& out) {
  loudest_ = change.loudest;
  std::erase_if(loudest_, [&](ProducerId id) { return !owners_.contains(id); });
  for (auto id = loudest_.rbegin(); id != loudest_.rend(); ++id) {
    const ParticipantId speaker = owners_.at(*id);
    std::erase(spoke_, speaker);
    spoke_.insert(spoke_.begin(), speaker);
  }
  const SpeakersChanged speakers = Speakers();
  for (const ParticipantPtr& participant : participants_) Tell(*participant, speakers, out);
  AssignAll(out);
}

SpeakersChanged Room::Speakers() const {
  SpeakersChanged speakers;
  std::vector<ParticipantId> seen;
  for (const ProducerId id : loudest_) {
    const ParticipantId owner = owners_.at(id);
    if (std::find(seen.begin(), seen.end(), owner) != seen.end()) continue;
    seen.push_back(owner);
    speakers.identities.push_back(Find(owner)->identity);
  }
  return speakers;
}

Participant* Room::OwnerOf(TransportId transport) {
  for (const ParticipantPtr& p : participants_) {
    if (p->media && p->media->transport == transport) return p.get();
  }
  return nullptr;
}

std::pair<Participant*, Slot*> Room::FindSlot(ConsumerId id) {
  for (const ParticipantPtr& p : participants_) {
    if (!p->media) continue;
    for (Slot& slot : p->media->slots) {
      if (slot.id == id) return {p.get(), &slot};
    }
  }
  return {nullptr, nullptr};
}

}  // namespace stellwerk
