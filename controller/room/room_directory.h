#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <absl/container/flat_hash_map.h>

#include "controller/room/room.h"
#include "controller/room/room_worker.h"
#include "controller/room/stats_queries.h"
#include "proto/response.h"

namespace stellwerk {

// All rooms of this controller and the workers they are on. A room is made by the first who joins
// and ends with the last; it goes to the worker with the fewest participants.
class RoomDirectory {
 public:
  RoomDirectory(RoomSettings settings, Random& random);
  ~RoomDirectory();
  RoomDirectory(const RoomDirectory&) = delete;
  RoomDirectory& operator=(const RoomDirectory&) = delete;

  void AddWorker(WorkerId id, WorkerDescription description, RoomOutbox& out);
  void LoseWorker(WorkerId id, RoomOutbox& out);
  void HandleNotification(WorkerId id, const proto::Notification& notification, RoomOutbox& out);

  Expected<Joined, RoomError> Join(const JoinRequest& request, RoomOutbox& out);
  void LoseConnection(Timestamp now, ParticipantId id, ConnectionId connection);
  void Leave(ParticipantId id, RoomOutbox& out);
  Expected<std::string, RoomError> HandleOffer(Timestamp now, ParticipantId id,
                                               std::string_view offer, RoomOutbox& out);
  void SetTracks(ParticipantId id, std::span<const std::pair<Mid, TrackSettings>> tracks,
                 RoomOutbox& out);
  std::optional<RoomError> SetViews(ParticipantId id, std::span<const Room::ViewChange> changes,
                                    RoomOutbox& out);
  // Asks the participant's worker; the answer comes as a StatsReport or StatsFailed to its
  // connection.
  std::optional<RoomError> RequestStats(Timestamp now, ParticipantId id, int64_t request,
                                        RoomOutbox& out);
  // The worker's answer, in one call or several. Any other response than statistics fails the
  // query.
  void HandleStats(StatsQueryId query, proto::ResponseBody response, RoomOutbox& out);
  // Once a second.
  void HandleTimeout(Timestamp now, RoomOutbox& out);

  // Nobody new is taken; those in a room may still resume.
  void Drain() { draining_ = true; }
  void Shutdown(RoomOutbox& out);

  // The participant behind a WHIP or WHEP session.
  [[nodiscard]] std::optional<ParticipantId> FindSession(std::string_view secret) const;
  [[nodiscard]] const Participant* Find(ParticipantId id) const;
  [[nodiscard]] bool has_worker() const { return !workers_.empty(); }
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] std::size_t room_count() const { return rooms_.size(); }
  [[nodiscard]] std::size_t participant_count() const { return index_.rooms.size(); }
  [[nodiscard]] const RoomSettings& settings() const { return settings_; }

 private:
  Room* RoomOf(ParticipantId id) const;
  RoomWorker* LeastLoaded() const;
  // room_stats.cc
  static void FailStats(const StatsQueries::Query& query, RoomError error, RoomOutbox& out);
  void GiveUpLateStats(Timestamp now, RoomOutbox& out);
  void FailStatsOf(WorkerId worker, RoomOutbox& out);
  void CloseIfEmpty(Room& room, RoomOutbox& out);

  RoomSettings settings_;
  Random& random_;
  bool draining_ = false;
  ParticipantIndex index_;
  StatsQueries queries_;
  absl::flat_hash_map<WorkerId, std::unique_ptr<RoomWorker>> workers_;
  absl::flat_hash_map<std::string, std::unique_ptr<Room>> rooms_;
};

}  // namespace stellwerk
