#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/consumer/frame_rewriter.h"
#include "rtc/consumer/layer_filter.h"
#include "rtc/consumer/number_map.h"
#include "rtc/consumer/timestamp_rewriter.h"
#include "rtc/producer/source_packet.h"

namespace stellwerk {

// What a slot still owes of the run before, when it went over to another encoding, or began anew in
// the same one, while packets were missing: the publisher is repairing them, and frames that were
// sent already refer to them. A receiver's playout delay is mostly longer than that takes, so it
// can still show those frames.
struct RunTail {
  // Longer than a repair takes on most paths, even if the first one is lost as well.
  static constexpr TimeDelta kPatience = std::chrono::milliseconds(500);
  // Switches that follow each other within that time.
  static constexpr std::size_t kMaxTails = 3;

  ProducerId producer;
  uint8_t encoding = 0;
  int8_t codec = 0;  // index into the slot's codecs
  PayloadType payload_type;
  LayerFilter filter;
  FrameRewriter frames;
  TimestampRewriter timestamps;
  int64_t newest_frame = 0;           // source timestamp of the last frame that was sent
  std::vector<NumberMap::Kept> open;  // by rising source number
  Timestamp expires{};

  // The number that was kept for the packet; nullopt: it is none of the missing ones.
  std::optional<int64_t> Take(const SourcePacket& packet) {
    if (packet.producer != producer || packet.encoding != encoding) return std::nullopt;
    const auto found = std::ranges::lower_bound(open, packet.seq.value(), {},
                                                [](const auto& kept) { return kept.source; });
    if (found == open.end() || found->source != packet.seq.value()) return std::nullopt;
    const int64_t output = found->output;
    open.erase(found);
    return output;
  }
  // Which frame numbers the packet goes out with; nullopt: not at all.
  std::optional<FrameNumbers> Select(const SourcePacket& packet, LayerVerdict& verdict) {
    // The run that follows has taken its timestamp and its frame number.
    if (packet.timestamp > newest_frame) return std::nullopt;
    verdict = filter.OnPacket(packet);
    if (verdict.pass) return frames.OnPacket(packet);
    frames.Drop(packet);
    return std::nullopt;
  }
};

}  // namespace stellwerk
