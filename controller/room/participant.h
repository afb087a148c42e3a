#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "controller/room/room_outbox.h"
#include "controller/room/slot.h"
#include "controller/room/track.h"
#include "controller/sdp/negotiated.h"
#include "rtc/base/redacted.h"
#include "rtc/base/units.h"

namespace stellwerk {

enum class ParticipantKind : uint8_t {
  kClient,     // signals over a WebSocket
  kPublisher,  // WHIP
  kViewer,     // WHEP; the others don't see it
};

// A data channel that a participant opened.
struct DataChannelSource {
  DataProducerId id;
  StreamId stream;
  DataChannelParameters channel;
};

// A participant's RTCPeerConnection as the worker has it.
struct ParticipantMedia {
  TransportId transport;
  Timestamp created;
  bool was_connected = false;
  Negotiated negotiated;
  std::vector<Track> tracks;
  std::vector<Slot> slots;
  std::vector<DataChannelSource> channels;

  [[nodiscard]] bool has_data() const { return negotiated.remote.sctp.has_value(); }
};

struct Participant {
  ParticipantId id;
  ParticipantKind kind = ParticipantKind::kClient;
  Redacted identity;
  Redacted name;
  Redacted secret;
  // kViewer: the identity to view; empty = the whole room.
  std::string viewed;
  // kPublisher: the older one of this identity, which goes when our offer has been accepted. Until
  // then we are not in the room for the others.
  std::optional<ParticipantId> replaces;

  // Its media are encrypted for the other participants, too: nothing in a payload can be relied on.
  bool end_to_end_encrypted = false;

  ConnectionId connection;  // 0 = broken; kClient only
  Timestamp connection_lost;
  std::optional<ParticipantMedia> media;
  // The worker dropped the media while nobody was there to be told.
  bool media_lost = false;

  // The client's words about its m-lines; they may come before the offer and outlive a transport.
  absl::flat_hash_map<Mid, TrackSettings> track_settings;
  absl::flat_hash_map<Mid, SlotView> views;

  [[nodiscard]] bool visible() const { return kind != ParticipantKind::kViewer && !replaces; }
  [[nodiscard]] ParticipantInfo Info() const {
    return {identity, name, media ? media->tracks : std::vector<Track>{}};
  }
};

}  // namespace stellwerk
