#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/payload_info.h"
#include "rtc/rtp/header_extensions/abs_capture_time.h"

namespace stellwerk {

// A header extension as it came, to be forwarded under the subscriber's id.
struct SourceExtension {
  RtpExtension extension{};
  std::span<const uint8_t> data;  // into the packet
};

// One packet of a producer as its consumers see it: parsed once, RTX unwrapped, padding stripped.
// It lives as long as one fan-out, and owns a reference to the bytes it points into.
struct SourcePacket {
  static constexpr std::size_t kMaxExtensions = 8;

  PacketRef packet;
  ProducerId producer;
  uint8_t encoding = 0;   // index into the producer's encodings
  uint8_t codec = 0;      // index into the producer's codecs
  ExtendedSeqNum seq;     // per encoding
  int64_t timestamp = 0;  // extended, per encoding
  // When it came in; zero: it was repaired, or is from the history.
  Timestamp arrival{};
  // When it was captured, on our timeline (see StreamClock).
  Timestamp captured{};
  uint16_t payload_offset = 0;  // into packet
  uint16_t payload_size = 0;    // 0: nothing to forward, but its number must leave no gap
  bool marker = false;
  bool newest = false;          // false: it was overtaken, or repaired
  bool restarted = false;       // the sender began anew: nothing connects it to what came before
  bool timestamp_jump = false;  // the picture goes on, the timestamps don't
  std::optional<DropReason> unusable;  // why payload_size is 0 though there was a payload
  PayloadInfo info;
  std::optional<DependencyDescriptorHead> dependency_descriptor;
  // The whole of it, where its structure is known.
  std::optional<FrameDependencies> dependencies;
  // When it was captured, in the words of abs-capture-time, against the clock of our own sender
  // reports.
  std::optional<AbsCaptureTime> capture_time;
  uint8_t extension_count = 0;
  std::array<SourceExtension, kMaxExtensions> extension_list;

  [[nodiscard]] std::span<const uint8_t> payload() const {
    if (payload_size == 0) return {};
    return packet.bytes().subspan(payload_offset, payload_size);
  }
  [[nodiscard]] std::span<const SourceExtension> extensions() const {
    return std::span(extension_list).first(extension_count);
  }
};

}  // namespace stellwerk
