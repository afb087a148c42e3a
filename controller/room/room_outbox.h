#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "controller/room/slot.h"
#include "controller/room/stats_report.h"
#include "controller/room/track.h"
#include "controller/room/worker_id.h"
#include "proto/request.h"
#include "rtc/base/redacted.h"

// What rooms want told: to their worker (requests) and to their participants (events). Whoever
// drives the rooms drains it after each call and carries both out in order.
namespace stellwerk {

// One signalling connection; 0 = none.
using ConnectionId = StrongInt<struct ConnectionIdTag, uint64_t>;

// A participant as the others see it.
struct ParticipantInfo {
  Redacted identity;
  Redacted name;
  std::vector<Track> tracks;
};

struct ParticipantJoined {
  ParticipantInfo participant;
};
struct ParticipantUpdated {
  ParticipantInfo participant;
};
struct ParticipantLeft {
  Redacted identity;
};
enum class SlotStatus : uint8_t { kActive, kEmpty, kCodecUnsupported };
struct SlotContent {
  Mid mid;
  Redacted identity;                // of the track's owner, if there is a track
  std::optional<ProducerId> track;  // its low 32 bits are the CSRC in the slot's packets
  SlotStatus status = SlotStatus::kEmpty;
};
struct SlotsChanged {
  std::vector<SlotContent> slots;
};
struct SpeakersChanged {
  std::vector<Redacted> identities;  // the loudest first
};
enum class ReconnectReason : uint8_t { kWorkerLost, kTransportLost };
struct ReconnectNeeded {
  ReconnectReason reason = ReconnectReason::kWorkerLost;
};
enum class ByeReason : uint8_t { kReplaced, kLeft, kShutdown };
// The last event of a connection.
struct Goodbye {
  ByeReason reason = ByeReason::kLeft;
};

// Which encodings of the participant's tracks somebody watches, by RID ("" without simulcast).
struct TrackEncodings {
  Mid mid;
  std::vector<std::pair<Rid, bool>> wanted;
};
struct EncodingsWanted {
  std::vector<TrackEncodings> tracks;
};

using RoomEvent = std::variant<ParticipantJoined, ParticipantUpdated, ParticipantLeft, SlotsChanged,
                               SpeakersChanged, EncodingsWanted, StatsReport, StatsFailed,
                               ReconnectNeeded, Goodbye>;

struct RoomOutbox {
  struct ToWorker {
    WorkerId worker;
    proto::RequestBody request;
    // Whose answer is to be given back by RoomDirectory::HandleStats.
    StatsQueryId query{};
  };
  struct ToConnection {
    ConnectionId connection;
    RoomEvent event;
  };
  std::vector<ToWorker> requests;
  std::vector<ToConnection> events;
};

}  // namespace stellwerk
