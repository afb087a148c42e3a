#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

// What the media plane tells of itself, in the words that the router (rtc/router) and the IPC
// (proto) share: plain numbers, copied out on demand.
namespace stellwerk {

// A transport's way to its subscriber.
struct TransportStats {
  TransportId id;
  std::optional<TimeDelta> round_trip_time{};
  DataRate estimate{};               // of the bandwidth to the subscriber
  DataRate allocated{};              // of it, to slots
  DataRate wanted{};                 // what all slots would take if it were unlimited
  DataRate sent{};                   // within the last second, all RTP
  DataRate acknowledged{};           // what arrived, by transport-wide feedback
  float loss = 0;                    // on the way to the subscriber, before repair, 0..1
  bool over_used = false;            // the queue on the way is growing
  bool application_limited = false;  // too little is sent to tell how much would fit
  uint64_t probes = 0;
  uint64_t padding_bytes = 0;
  TimeDelta pacer_delay{};  // what a packet that is enqueued now would wait
  friend bool operator==(const TransportStats&, const TransportStats&) = default;
};

struct EncodingStats {
  Rid rid;
  std::optional<Ssrc> ssrc{};      // nullopt until learnt
  std::optional<Ssrc> rtx_ssrc{};  // nullopt until learnt
  bool active = false;             // media arrived within the last second
  uint64_t packets = 0;            // media packets, repaired ones included, padding excluded
  uint64_t bytes = 0;              // their payload
  uint64_t duplicates = 0;
  uint64_t repaired = 0;  // arrived by RTX
  uint64_t nacked = 0;    // sequence numbers asked for, repeats included
  uint64_t keyframes = 0;
  uint64_t keyframe_requests = 0;  // sent upstream
  int64_t packets_lost = 0;        // RFC 3550 §6.4.1: cumulative, may be negative
  TimeDelta jitter{};
  DataRate bitrate{};  // within the last second
  uint64_t frames = 0;
  uint64_t freezes = 0;          // gaps in the sequence of its frames that a viewer would notice
  TimeDelta frozen{};            // their sum
  VideoResolution resolution{};  // 0x0: not known
  std::vector<LayerOption> layers{};
  friend bool operator==(const EncodingStats&, const EncodingStats&) = default;
};

struct ProducerStats {
  ProducerId id;
  TransportId transport;
  MediaKind kind = MediaKind::kAudio;
  bool paused = false;
  uint32_t encodings_wanted = 0;  // that somebody watches, a bit each
  // 0 (unusable) to 10 (nothing missing), by what arrives after repair.
  uint8_t score = 10;
  std::vector<EncodingStats> encodings{};
  friend bool operator==(const ProducerStats&, const ProducerStats&) = default;
};

struct ConsumerStats {
  ConsumerId id;
  TransportId transport;
  MediaKind kind = MediaKind::kAudio;
  Ssrc ssrc;
  std::optional<ProducerId> source{};
  std::optional<Layer> layer{};   // that is being sent; nullopt: nothing
  std::optional<Layer> target{};  // that was chosen; nullopt: nothing
  LayerReason reason = LayerReason::kNoSource;
  ConsumerDemand demand{};
  bool paused = false;
  DataRate bitrate{};  // within the last second, headers and retransmissions included
  uint64_t frames = 0;
  uint64_t freezes = 0;            // gaps in what was sent that a viewer would notice
  TimeDelta frozen{};              // their sum
  uint64_t lost_after_repair = 0;  // asked for and never acknowledged
  uint8_t score = 10;              // 0 (unusable) to 10 (nothing missing)
  uint64_t packets = 0;            // without retransmissions
  uint64_t bytes = 0;              // payload
  uint64_t retransmitted = 0;
  uint64_t nacked = 0;      // sequence numbers that the subscriber asked for
  uint64_t unanswered = 0;  // of them, those we no longer had or could not map
  uint64_t switches = 0;    // source and layer switches that took effect
  std::optional<TimeDelta> round_trip_time{};
  uint8_t fraction_lost = 0;  // of the last report block, in 1/256
  friend bool operator==(const ConsumerStats&, const ConsumerStats&) = default;
};

}  // namespace stellwerk
