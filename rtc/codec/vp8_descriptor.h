#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk {

// The VP8 payload descriptor. To rewrite one, parse it, change fields, serialize: the descriptor is
// the first serialized_size bytes of the payload, the rest is shared.
//
// RFC 7741 §4.2:
//       0 1 2 3 4 5 6 7
//      |X|R|N|S|R| PID |  required
//  X:  |I|L|T|K|  RSV  |  optional
//  I:  |M| PictureID   |  7 bits, or 15 if M
//  L:  |   TL0PICIDX   |
//  T/K:|TID|Y| KEYIDX  |
struct Vp8Descriptor {
  // RFC 7741 §4.2: PictureID runs through 7 or 15 bits.
  static constexpr uint16_t kMaxPictureId = 0x7FFF;
  static constexpr std::size_t kMaxSize = 6;

  bool non_reference = false;       // N: the frame may be dropped without harm to others
  bool start_of_partition = false;  // S
  uint8_t partition = 0;            // PID, 0..7
  std::optional<uint16_t> picture_id;
  bool long_picture_id = true;  // M: written with 15 bits
  std::optional<uint8_t> tl0_picture_index;
  std::optional<TemporalLayer> temporal_layer;  // TID, 0..3
  bool layer_sync = false;  // Y: depends on the base layer only; meaningful with temporal_layer
  std::optional<uint8_t> key_index;  // KEYIDX, 0..31

  // `payload` is the RTP payload. The descriptor's size is the result's serialized_size(), except
  // for descriptors with flags but no fields, so it is returned beside it.
  struct Parsed;
  static Expected<Parsed, DropReason> Parse(std::span<const uint8_t> payload);

  [[nodiscard]] bool start_of_frame() const { return start_of_partition && partition == 0; }
  [[nodiscard]] std::size_t serialized_size() const;
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const Vp8Descriptor&, const Vp8Descriptor&) = default;
};

struct Vp8Descriptor::Parsed {
  Vp8Descriptor descriptor;
  std::size_t size = 0;  // bytes of the descriptor in the payload
};

// RFC 6386 §9.1: the first bytes of a frame, which follow the descriptor of its first packet.
// True if the P bit ("inverse key frame") is 0.
[[nodiscard]] bool IsVp8Keyframe(const Vp8Descriptor& descriptor,
                                 std::span<const uint8_t> after_descriptor);
// nullopt if it is not the beginning of a keyframe.
[[nodiscard]] std::optional<VideoResolution> Vp8KeyframeResolution(
    const Vp8Descriptor& descriptor, std::span<const uint8_t> after_descriptor);
// Writes the 10 bytes with which a keyframe of this size begins (RFC 6386 §9.1); for synthetic
// publishers.
void WriteVp8KeyframeHeader(ByteWriter& out, VideoResolution resolution,
                            uint32_t first_partition_size);
// The 3 bytes of a delta frame.
void WriteVp8DeltaFrameHeader(ByteWriter& out, uint32_t first_partition_size);

}  // namespace stellwerk
