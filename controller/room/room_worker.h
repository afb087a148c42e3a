#pragma once

#include <absl/container/flat_hash_map.h>

#include "controller/room/room_outbox.h"
#include "controller/room/worker_ids.h"
#include "controller/sdp/answer.h"
#include "rtc/base/ids.h"

namespace stellwerk {

class Room;

// A running worker as rooms see it: what it said about itself, the ids on it, and whose they are.
struct RoomWorker {
  WorkerId id;
  WorkerDescription description;
  WorkerIds ids;
  absl::flat_hash_map<RouterId, Room*> routers;
  absl::flat_hash_map<TransportId, Room*> transports;
  absl::flat_hash_map<ProducerId, Room*> producers;
  absl::flat_hash_map<ConsumerId, Room*> consumers;
};

}  // namespace stellwerk
