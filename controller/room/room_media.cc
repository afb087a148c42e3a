// The half of Room that deals with offers, tracks and slots.
#include <algorithm>
#include <chrono>
#include <utility>

#include <absl/container/flat_hash_set.h>

#include "controller/room/room.h"
#include "controller/sdp/answer.h"
#include "controller/sdp/session_description.h"
#include "proto/app_data.h"

namespace stellwerk {
namespace {

// More m-lines than these nobody describes; so a client can't fill our memory.
constexpr std::size_t kMaxDescribedMids = 256;
// Of slots whose client does not say; others have ConsumerDemand's own. A screen has to be read,
// and who pins somebody wants to see them.
constexpr uint8_t kScreenPriority = 192;
constexpr uint8_t kPinnedPriority = 160;
// From the first offer on. The worker keeps TLS state for 60 s after the handshake, which comes
// later; what is on its way to it when the time is over must not be refused.
constexpr TimeDelta kDataOfferWindow = std::chrono::seconds(50);

// Whether the offer comes from another RTCPeerConnection than the one negotiated before: a
// certificate belongs to one.
bool IsNewPeer(const SessionDescription& offer, const Negotiated& previous) {
  for (const MediaDescription& section : offer.media) {
    const auto fingerprints = offer.TransportOf(section).fingerprints;
    if (fingerprints.empty()) continue;
    return std::find(fingerprints.begin(), fingerprints.end(), previous.remote.fingerprint) ==
           fingerprints.end();
  }
  return false;
}

proto::AppData DataOf(const Track& track) {
  return proto::EncodeAppData(
      proto::TrackData{TrackName(track.id), std::string(ToString(track.source)), track.muted});
}

void Apply(const TrackSettings& settings, Track& track) {
  const TrackSource usual =
      track.kind == MediaKind::kAudio ? TrackSource::kMicrophone : TrackSource::kCamera;
  track.source = settings.source.value_or(usual);
  track.muted = settings.muted;
}

// Where to keep what a client says about a mid; nullptr for a new one beyond the bound.
template <typename Map>
typename Map::mapped_type* PlaceFor(Map& map, const Mid& mid) {
  const auto it = map.find(mid);
  if (it != map.end()) return &it->second;
  return map.size() < kMaxDescribedMids ? &map[mid] : nullptr;
}

template <typename Map>
void ForgetAbsent(const SessionDescription& offer, Map& map) {
  absl::erase_if(map, [&](const auto& entry) {
    return std::none_of(
        offer.media.begin(), offer.media.end(),
        [&](const MediaDescription& section) { return section.mid == entry.first.view(); });
  });
}

template <typename Map>
auto SettingsOf(const Map& map, const Mid& mid) {
  const auto it = map.find(mid);
  return it == map.end() ? typename Map::mapped_type{} : it->second;
}

}  // namespace

AnswerPolicy Room::PolicyOf(const Participant& participant, Timestamp now) const {
  AnswerPolicy policy;
  policy.codecs = settings_.codecs;
  policy.allow_publish = participant.kind != ParticipantKind::kViewer;
  policy.allow_subscribe = participant.kind != ParticipantKind::kPublisher;
  policy.max_audio_slots = settings_.max_audio_slots;
  policy.max_video_slots = settings_.max_video_slots;
  policy.end_to_end_encrypted = participant.end_to_end_encrypted;
  policy.too_late_for_data =
      participant.media && now - participant.media->created >= kDataOfferWindow;
  // One person's viewer hears that person however quiet.
  if (!participant.viewed.empty()) policy.audio_slot_mode = SlotMode::kAssigned;
  return policy;
}

Expected<std::string, RoomError> Room::HandleOffer(Timestamp now, ParticipantId id,
                                                   std::string_view offer, RoomOutbox& out) {
  Participant* participant = Get(id);
  if (participant == nullptr)
    return Unexpected(RoomError{RoomErrorCode::kNotFound, "not in the room"});
  if (worker_ == nullptr) {
    tell_reconnect_ = true;
    return Unexpected(RoomError{RoomErrorCode::kUnavailable, "no media worker at the moment"});
  }
  const auto rejected = [](const SdpError& error) {
    return Unexpected(RoomError{RoomErrorCode::kOfferRejected, error.ToString()});
  };
  const auto parsed = ParseSessionDescription(offer);
  if (!parsed) return rejected(parsed.error());
  const bool new_peer = !participant->media || IsNewPeer(*parsed, participant->media->negotiated);
  const auto result =
      Answer(offer, PolicyOf(*participant, now), worker_->ids.ForAnswer(), worker_->description,
             new_peer ? Negotiated{} : participant->media->negotiated);
  if (!result) return rejected(result.error());
  worker_->ids.Commit(*result);
  if (const auto older = std::exchange(participant->replaces, std::nullopt)) {
    Remove(*older, out);
    TellOthers(id, ParticipantJoined{participant->Info()}, out);
  }

  const std::vector<Track> before = participant->Info().tracks;
  if (new_peer) {
    DropMedia(*participant, true, out);
    ForgetAbsent(*parsed, participant->track_settings);
    ForgetAbsent(*parsed, participant->views);
  }
  ApplyAnswer(now, *participant, *result, out);
  if (participant->visible() && participant->media->tracks != before) {
    TellOthers(id, ParticipantUpdated{participant->Info()}, out);
  }
  AssignAll(out);
  return result->answer;
}

void Room::ApplyAnswer(Timestamp now, Participant& participant, const AnswerResult& result,
                       RoomOutbox& out) {
  const bool had_data = participant.media && participant.media->has_data();
  if (result.is_first) {
    ParticipantMedia& media = participant.media.emplace();
    media.transport = worker_->ids.NextTransport();
    media.created = now;
    worker_->transports[media.transport] = this;
    const proto::ParticipantData data{
        participant.identity.Reveal(), participant.name.Reveal(), participant.secret.Reveal(), {}};
    Request(proto::CreateTransport{router_, media.transport, result.local_ice,
                                   proto::EncodeAppData(data)},
            out);
    Request(proto::ConnectTransport{media.transport, result.remote}, out);
  } else {
    const TransportId transport = participant.media->transport;
    if (result.ice_restart) {
      Request(proto::RestartIce{transport, result.local_ice, result.remote.ice}, out);
    }
    if (result.sctp_added) Request(proto::ConnectTransport{transport, result.remote}, out);
  }
  participant.media_lost = false;
  ParticipantMedia& media = *participant.media;
  media.negotiated = result.next;
  for (const ProducerId id : result.removed_producers) {
    Request(proto::CloseProducer{id}, out);
    std::erase_if(media.tracks, [&](const Track& track) { return track.id == id; });
    ForgetTrack(id);
  }
  for (const ConsumerId id : result.removed_consumers) {
    Request(proto::CloseConsumer{id}, out);
    worker_->consumers.erase(id);
    std::erase_if(media.slots, [&](const Slot& slot) { return slot.id == id; });
  }
  for (const NewProducer& producer : result.add_producers) AddTrack(participant, producer, out);
  for (const NewConsumer& consumer : result.add_consumers) AddSlot(participant, consumer, out);
  if (media.has_data() && !had_data) ConnectAllDataTo(participant, out);
}

void Room::AddTrack(Participant& participant, const NewProducer& producer, RoomOutbox& out) {
  ParticipantMedia& media = *participant.media;
  Track track;
  track.id = producer.id;
  track.mid = producer.parameters.mid;
  track.kind = producer.parameters.kind;
  for (const EncodingParameters& encoding : producer.parameters.encodings)
    track.rids.push_back(encoding.rid);
  Apply(SettingsOf(participant.track_settings, track.mid), track);
  Request(proto::CreateProducer{media.transport, track.id, producer.parameters, DataOf(track)},
          out);
  if (track.muted) Request(proto::PauseProducer{track.id, true}, out);
  owners_[track.id] = participant.id;
  worker_->producers[track.id] = this;
  media.tracks.push_back(track);
}

void Room::AddSlot(Participant& participant, const NewConsumer& consumer, RoomOutbox& out) {
  ParticipantMedia& media = *participant.media;
  const ConsumerParameters& parameters = consumer.parameters;
  Slot slot;
  slot.id = consumer.id;
  slot.mid = parameters.mid;
  slot.kind = parameters.kind;
  slot.mode = parameters.mode;
  Request(proto::CreateConsumer{media.transport, slot.id, parameters, {}}, out);
  slot.view = SettingsOf(participant.views, slot.mid);
  if (!participant.viewed.empty()) slot.view.pin = SlotPin{participant.viewed, std::nullopt};
  worker_->consumers[slot.id] = this;
  media.slots.push_back(std::move(slot));
}

void Room::ForgetTrack(ProducerId id) {
  owners_.erase(id);
  std::erase(loudest_, id);
  if (worker_ != nullptr) worker_->producers.erase(id);
}

void Room::DropMedia(Participant& participant, bool in_worker, RoomOutbox& out) {
  if (!participant.media) return;
  const ParticipantMedia& media = *participant.media;
  // Closes everything on it too.
  if (in_worker) Request(proto::CloseTransport{media.transport}, out);
  for (const Track& track : media.tracks) ForgetTrack(track.id);
  if (worker_ != nullptr) {
    for (const Slot& slot : media.slots) worker_->consumers.erase(slot.id);
    worker_->transports.erase(media.transport);
  }
  participant.media.reset();
}

void Room::SetTracks(ParticipantId id, std::span<const std::pair<Mid, TrackSettings>> tracks,
                     RoomOutbox& out) {
  Participant* participant = Get(id);
  if (participant == nullptr) return;
  bool changed = false;
  for (const auto& [mid, settings] : tracks) {
    if (auto* place = PlaceFor(participant->track_settings, mid)) *place = settings;
    if (!participant->media) continue;
    for (Track& track : participant->media->tracks) {
      if (track.mid != mid) continue;
      const Track before = track;
      Apply(settings, track);
      if (track == before) continue;
      changed = true;
      if (track.muted != before.muted) Request(proto::PauseProducer{track.id, track.muted}, out);
      Request(proto::UpdateAppData{track.id, DataOf(track)}, out);
    }
  }
  if (!changed) return;
  TellOthers(id, ParticipantUpdated{participant->Info()}, out);
  AssignAll(out);
}

std::optional<RoomError> Room::SetViews(ParticipantId id, std::span<const ViewChange> changes,
                                        RoomOutbox& out) {
  Participant* participant = Get(id);
  if (participant == nullptr || !participant->media) {
    return RoomError{RoomErrorCode::kNotFound, "there are no slots before an offer"};
  }
  const auto find = [&](const Mid& mid) {
    return std::find_if(participant->media->slots.begin(), participant->media->slots.end(),
                        [&](const Slot& slot) { return slot.mid == mid; });
  };
  // All or nothing.
  for (const ViewChange& change : changes) {
    const auto slot = find(change.mid);
    if (slot == participant->media->slots.end() || slot->kind != MediaKind::kVideo) {
      return RoomError{RoomErrorCode::kNotFound,
                       "no video slot has the mid " + std::string(change.mid.view())};
    }
    if (change.pin && FindIdentity(change.pin->identity) == nullptr) {
      return RoomError{RoomErrorCode::kNotFound, "that participant is not in the room"};
    }
  }
  for (const ViewChange& change : changes) {
    SlotView& view = find(change.mid)->view;
    if (change.changes_pin) view.pin = change.pin;
    if (change.changes_layers) view.layers = change.layers;
    if (change.changes_height) view.height = change.height;
    if (change.changes_priority) view.priority = change.priority;
    if (SlotView* const place = PlaceFor(participant->views, change.mid)) *place = view;
  }
  AssignAll(out);
  return std::nullopt;
}

void Room::AssignAll(RoomOutbox& out) {
  std::vector<AssignableSource> ranked;
  absl::flat_hash_set<ProducerId> screens;
  for (const ParticipantPtr& p : participants_) {
    if (!p->media) continue;
    const auto spoke = std::find(spoke_.begin(), spoke_.end(), p->id);
    for (const Track& track : p->media->tracks) {
      auto& source =
          ranked.emplace_back(AssignableSource{track.id, p->id, p->identity.Reveal(), track.kind,
                                               track.source, track.muted, std::nullopt});
      if (track.source == TrackSource::kScreen) screens.insert(track.id);
      if (spoke != spoke_.end()) source.spoke = static_cast<std::size_t>(spoke - spoke_.begin());
    }
  }
  RankSources(ranked);
  for (const ParticipantPtr& p : participants_) {
    if (!p->media) continue;
    std::vector<Slot>& slots = p->media->slots;
    const auto assignment = AssignSlots(slots, ranked, p->id);
    SlotsChanged changed;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      Slot& slot = slots[i];
      const bool source_is_gone = slot.source && !owners_.contains(*slot.source);
      // The worker points `loudest` slots, and tells us.
      const auto wanted = slot.mode == SlotMode::kAssigned ? assignment[i]
                          : source_is_gone                 ? std::nullopt
                                                           : slot.source;
      SetDemand(slot, wanted && screens.contains(*wanted), out);
      if (wanted == slot.source) continue;
      if (slot.mode == SlotMode::kAssigned) Request(proto::SetConsumerSource{slot.id, wanted}, out);
      slot.source = wanted;
      slot.codec_unsupported = false;
      changed.slots.push_back(ContentOf(slot));
    }
    if (!changed.slots.empty()) Tell(*p, std::move(changed), out);
  }
}

void Room::SetDemand(Slot& slot, bool shows_screen, RoomOutbox& out) {
  if (slot.kind != MediaKind::kVideo) return;
  const SlotView& view = slot.view;
  ConsumerDemand demand;
  if (shows_screen)
    demand.priority = kScreenPriority;
  else if (view.pin)
    demand.priority = kPinnedPriority;
  if (view.priority) demand.priority = *view.priority;
  demand.height = view.height.value_or(0);
  if (view.layers) {
    demand.max_spatial = view.layers->spatial;
    demand.max_temporal = view.layers->temporal;
  }
  if (demand == slot.demand) return;
  slot.demand = demand;
  Request(proto::SetConsumerDemand{slot.id, demand}, out);
}

SlotContent Room::ContentOf(const Slot& slot) const {
  SlotContent content;
  content.mid = slot.mid;
  const auto owner = slot.source ? owners_.find(*slot.source) : owners_.end();
  if (owner == owners_.end()) return content;
  content.identity = Find(owner->second)->identity;
  content.track = slot.source;
  content.status = slot.codec_unsupported ? SlotStatus::kCodecUnsupported : SlotStatus::kActive;
  return content;
}

void Room::TellAllSlots(const Participant& participant, RoomOutbox& out) const {
  if (!participant.media || participant.media->slots.empty()) return;
  SlotsChanged all;
  for (const Slot& slot : participant.media->slots) all.slots.push_back(ContentOf(slot));
  Tell(participant, std::move(all), out);
}

}  // namespace stellwerk
