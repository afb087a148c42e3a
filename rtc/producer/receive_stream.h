#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/rate_meter.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/producer/delivery_score.h"
#include "rtc/producer/encoding_layers.h"
#include "rtc/producer/frame_continuity.h"
#include "rtc/producer/keyframe_request_limiter.h"
#include "rtc/producer/nack_generator.h"
#include "rtc/producer/packet_history.h"
#include "rtc/producer/receive_statistics.h"
#include "rtc/producer/sequence_tracker.h"
#include "rtc/producer/source_clock.h"

namespace stellwerk {

// One incoming RTP stream of a producer (one simulcast encoding) with its RTX stream: all that is
// known about it. Producer drives it.
struct ReceiveStream {
  struct Counters {
    uint64_t packets = 0;
    uint64_t bytes = 0;
    uint64_t duplicates = 0;
    uint64_t repaired = 0;
    uint64_t nacked = 0;
    uint64_t keyframes = 0;
    uint64_t arrived = 0;  // sequence numbers, by whichever way
  };

  ReceiveStream(const EncodingParameters& parameters, MediaKind kind, uint32_t clock_rate)
      : rid(parameters.rid),
        ssrc(parameters.ssrc),
        rtx_ssrc(parameters.rtx_ssrc),
        statistics(clock_rate),
        clock(clock_rate),
        history(kind == MediaKind::kVideo ? kHistoryPackets : 0) {}

  // Four seconds of 2 Mb/s; PacketHistory bounds it in time as well.
  static constexpr std::size_t kHistoryPackets = 1024;

  // A frame counts as having begun with the first packet that is ahead of all others and has
  // another timestamp.
  void OnMedia(int64_t extended_timestamp, bool newest, Timestamp now) {
    last_media = now;
    if (!newest || newest_frame == extended_timestamp) return;
    newest_frame = extended_timestamp;
    continuity.OnFrame(now);
    std::shift_left(frame_starts.begin(), frame_starts.end(), 1);
    frame_starts.back() = now;
  }

  // Once a second: what is missing of the numbers up to the newest.
  void UpdateScore(Timestamp now) {
    const int64_t newest = tracker.newest().value();
    const auto arrived = static_cast<int64_t>(counters.arrived);
    if (scored.at == Timestamp() || newest < scored.newest) {
      scored = {.at = now, .newest = newest, .arrived = arrived};
      return;
    }
    if (now - scored.at < std::chrono::seconds(1)) return;
    const int64_t expected = newest - scored.newest;
    score.OnInterval(expected, expected - (arrived - scored.arrived));
    scored = {.at = now, .newest = newest, .arrived = arrived};
  }

  // Media arrived within the last `window`.
  [[nodiscard]] bool ActiveWithin(TimeDelta window, Timestamp now) const {
    return last_media && now - *last_media <= window;
  }

  Rid rid;
  std::optional<Ssrc> ssrc;
  std::optional<Ssrc> rtx_ssrc;
  SequenceTracker tracker;
  Unwrapper<RtpTimestamp> timestamps;
  ReceiveStatistics statistics;
  StreamClock clock;
  PacketHistory history;
  NackGenerator nack;
  KeyframeRequestLimiter keyframe;
  DependencyDescriptorReader descriptors;
  EncodingLayers layers;
  RateMeter rate;
  FrameContinuity continuity;
  DeliveryScore score;
  Counters counters;
  std::optional<Timestamp> last_media;
  std::optional<int64_t> newest_frame;           // its timestamp
  std::optional<ExtendedSeqNum> keyframe_start;  // first packet of the latest keyframe
  int64_t keyframe_timestamp = 0;                // of that
  std::array<Timestamp, 3> frame_starts{};       // of the latest, the newest last
  struct Scored {
    Timestamp at{};
    int64_t newest = 0;
    int64_t arrived = 0;
  };
  Scored scored;
  uint8_t fir_command = 0;
  bool request_when_known = false;  // a keyframe was wanted before the SSRC was learnt
};

}  // namespace stellwerk
