#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "controller/room/participant.h"
#include "controller/room/room_error.h"
#include "controller/room/room_outbox.h"
#include "controller/room/room_settings.h"
#include "controller/room/room_worker.h"
#include "controller/room/slot_assignment.h"
#include "proto/notification.h"
#include "rtc/base/expected.h"
#include "rtc/base/random.h"

namespace stellwerk {

struct JoinRequest {
  Redacted room;
  ParticipantKind kind = ParticipantKind::kClient;
  Redacted identity;  // empty: allocated
  Redacted name;      // empty: the identity
  Redacted secret;    // of an earlier Joined; empty: none
  ConnectionId connection;
  std::string viewed;  // kViewer: whom; empty = the room
  bool end_to_end_encrypted = false;
};

struct Joined {
  ParticipantId id;
  Redacted secret;
  bool resumed = false;
  ParticipantInfo self;
  std::vector<ParticipantInfo> others;
};

// Where to find participants from outside their room; kept by the rooms themselves.
struct ParticipantIndex {
  absl::flat_hash_map<ParticipantId, Room*> rooms;
  absl::flat_hash_map<std::string, ParticipantId> sessions;  // secret of a WHIP or WHEP session
  uint64_t next_id = 1;
};

// The people of one room and what each of them sends and sees. Pure: it appends to the outbox what
// its worker shall do and what its participants shall hear. A room without worker (none is running)
// keeps its people and refuses offers.
class Room {
 public:
  Room(Redacted name, const RoomSettings& settings, ParticipantIndex& index, Random& random);
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  // The worker must outlive the room or be taken away by LoseWorker.
  void SetWorker(RoomWorker& worker, RoomOutbox& out);
  // All media are gone; clients are told to reconnect by the next SetWorker, WHIP and WHEP sessions
  // end.
  void LoseWorker(RoomOutbox& out);
  // Frees what the worker has of this room.
  void Close(RoomOutbox& out);

  Expected<Joined, RoomError> Join(const JoinRequest& request, RoomOutbox& out);
  void LoseConnection(Timestamp now, ParticipantId id, ConnectionId connection);
  void Leave(ParticipantId id, RoomOutbox& out);
  // The SDP answer.
  Expected<std::string, RoomError> HandleOffer(Timestamp now, ParticipantId id,
                                               std::string_view offer, RoomOutbox& out);
  void SetTracks(ParticipantId id, std::span<const std::pair<Mid, TrackSettings>> tracks,
                 RoomOutbox& out);
  struct ViewChange {
    Mid mid;
    bool changes_pin = false;
    std::optional<SlotPin> pin;
    bool changes_layers = false;
    std::optional<LayerLimit> layers;
    bool changes_height = false;
    std::optional<uint16_t> height;
    bool changes_priority = false;
    std::optional<uint8_t> priority;
  };
  std::optional<RoomError> SetViews(ParticipantId id, std::span<const ViewChange> changes,
                                    RoomOutbox& out);
  void HandleNotification(const proto::Notification& notification, RoomOutbox& out);
  // Once a second: ends those who did not come back.
  void HandleTimeout(Timestamp now, RoomOutbox& out);
  // Says goodbye to everybody.
  void Shutdown(RoomOutbox& out);

  // A worker's numbers with the names that the participant has for what they are of.
  [[nodiscard]] StatsReport ReportOf(ParticipantId id, int64_t request,
                                     const proto::TransportStatsChunk& stats) const;

  [[nodiscard]] bool Has(std::string_view identity) { return FindIdentity(identity) != nullptr; }
  [[nodiscard]] bool empty() const { return participants_.empty(); }
  [[nodiscard]] std::size_t size() const { return participants_.size(); }
  [[nodiscard]] const Redacted& name() const { return name_; }
  [[nodiscard]] RoomWorker* worker() const { return worker_; }
  [[nodiscard]] const Participant* Find(ParticipantId id) const;

 private:
  using ParticipantPtr = std::unique_ptr<Participant>;

  Participant* Get(ParticipantId id);
  Participant* FindIdentity(std::string_view identity);
  std::string AllocateIdentity();
  Joined Resume(Participant& participant, const JoinRequest& request, RoomOutbox& out);
  void Remove(ParticipantId id, RoomOutbox& out);
  void Request(proto::RequestBody body, RoomOutbox& out) const;
  void TellOthers(ParticipantId except, const RoomEvent& event, RoomOutbox& out) const;
  static void Tell(const Participant& participant, RoomEvent event, RoomOutbox& out);

  // room_media.cc
  [[nodiscard]] AnswerPolicy PolicyOf(const Participant& participant, Timestamp now) const;
  void ApplyAnswer(Timestamp now, Participant& participant, const AnswerResult& result,
                   RoomOutbox& out);
  void AddTrack(Participant& participant, const NewProducer& producer, RoomOutbox& out);
  void AddSlot(Participant& participant, const NewConsumer& consumer, RoomOutbox& out);
  void ForgetTrack(ProducerId id);
  // Forgets a participant's media here; `in_worker`: and closes them there.
  void DropMedia(Participant& participant, bool in_worker, RoomOutbox& out);
  void LoseTransport(Participant& participant, RoomOutbox& out);
  // Points every slot of every participant where it belongs now.
  void AssignAll(RoomOutbox& out);
  // Tells the worker what the slot is wanted for, if that has changed.
  void SetDemand(Slot& slot, bool shows_screen, RoomOutbox& out);
  [[nodiscard]] SlotContent ContentOf(const Slot& slot) const;
  void TellAllSlots(const Participant& participant, RoomOutbox& out) const;
  [[nodiscard]] SpeakersChanged Speakers() const;

  void Handle(const proto::TransportPhaseChanged& change, RoomOutbox& out);
  void Handle(const proto::SctpConnected&, RoomOutbox&) {}
  void Handle(const proto::DataChannelOpened& opened, RoomOutbox& out);
  void Handle(const proto::DataChannelClosed& closed, RoomOutbox& out);
  void Handle(const proto::ConsumerSourceChanged& change, RoomOutbox& out);
  void Handle(const proto::ActiveSpeakersChanged& change, RoomOutbox& out);
  void Handle(const proto::ProducerActivityChanged&, RoomOutbox&) {}
  void Handle(const proto::ConsumerCodecUnsupported& unsupported, RoomOutbox& out);
  void Handle(const proto::ProducerEncodingsWanted& wanted, RoomOutbox& out);
  static void TellEncodings(const Participant& participant, RoomOutbox& out);
  Participant* OwnerOf(TransportId transport);
  std::pair<Participant*, Slot*> FindSlot(ConsumerId id);

  // room_data.cc
  void ConnectData(const Participant& from, const DataChannelSource& source, const Participant& to,
                   RoomOutbox& out);
  void ConnectAllDataTo(const Participant& to, RoomOutbox& out);

  Redacted name_;
  const RoomSettings& settings_;
  ParticipantIndex& index_;
  Random& random_;
  RoomWorker* worker_ = nullptr;
  bool tell_reconnect_ = false;
  RouterId router_;
  std::vector<ParticipantPtr> participants_;  // in the order of joining
  absl::flat_hash_map<ProducerId, ParticipantId> owners_;
  std::vector<ParticipantId> spoke_;  // who spoke, the last one first
  std::vector<ProducerId> loudest_;
};

}  // namespace stellwerk
