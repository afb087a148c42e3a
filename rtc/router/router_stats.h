#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

// What GetStats and Snapshot tell of a router: plain numbers, copied out on demand.
namespace stellwerk {

struct EncodingStats {
  Rid rid;
  std::optional<Ssrc> ssrc;      // nullopt until learnt
  std::optional<Ssrc> rtx_ssrc;  // nullopt until learnt
  bool active = false;           // media arrived within the last second
  uint64_t packets = 0;          // media packets, repaired ones included, padding excluded
  uint64_t bytes = 0;            // their payload
  uint64_t duplicates = 0;
  uint64_t repaired = 0;  // arrived by RTX
  uint64_t nacked = 0;    // sequence numbers asked for, repeats included
  uint64_t keyframes = 0;
  uint64_t keyframe_requests = 0;  // sent upstream
  int64_t packets_lost = 0;        // RFC 3550 §6.4.1: cumulative, may be negative
  TimeDelta jitter{};
};

struct ProducerStats {
  ProducerId id;
  TransportId transport;
  MediaKind kind = MediaKind::kAudio;
  bool paused = false;
  std::vector<EncodingStats> encodings;
};

struct ConsumerStats {
  ConsumerId id;
  TransportId transport;
  MediaKind kind = MediaKind::kAudio;
  Ssrc ssrc;
  std::optional<ProducerId> source;
  std::optional<SpatialLayer> current_layer;  // nullopt: nothing is being sent
  SpatialLayer target_layer;
  bool paused = false;
  uint64_t packets = 0;  // without retransmissions
  uint64_t bytes = 0;    // payload
  uint64_t retransmitted = 0;
  uint64_t nacked = 0;      // sequence numbers that the subscriber asked for
  uint64_t unanswered = 0;  // of them, those we no longer had or could not map
  uint64_t switches = 0;    // source and layer switches that took effect
  std::optional<TimeDelta> round_trip_time;
  uint8_t fraction_lost = 0;  // of the last report block, in 1/256
};

}  // namespace stellwerk
