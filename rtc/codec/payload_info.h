#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/video_resolution.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/vp8_descriptor.h"
#include "rtc/codec/vp9_descriptor.h"

namespace stellwerk {

// What forwarding needs to know about one packet's payload, whatever the codec. Worked out once per
// received packet, used by all its consumers.
struct PayloadInfo {
  // The packet begins a frame at which a decoder can start. Audio: always.
  bool is_keyframe = false;
  // The packet begins a frame, as far as the payload tells (H.264, H.265 and AV1 without Dependency
  // Descriptor: may be true more than once in a frame).
  bool start_of_frame = false;
  SpatialLayer spatial_layer;
  TemporalLayer temporal_layer;
  // From here on, packets of this temporal layer can be decoded by one who had only the lower ones.
  bool switching_up_point = false;
  // No other frame depends on this one.
  bool discardable = false;
  std::optional<VideoResolution> resolution;  // of a keyframe, where the payload tells
  // How many bytes of the payload the descriptor takes; a consumer that rewrites it shares what
  // follows.
  std::size_t descriptor_size = 0;
  std::variant<std::monostate, Vp8Descriptor, Vp9Descriptor> descriptor;
};

// `payload` is the RTP payload without padding, not empty. With a Dependency Descriptor frame
// limits and keyframes are its, since the payload may be encrypted end to end. Then nothing is read
// of the payload, but for the descriptors of VP8 and VP9, which subscribers without the extension
// need; and if these don't parse, that is no error.
Expected<PayloadInfo, DropReason> Inspect(
    Codec codec, std::span<const uint8_t> payload,
    const std::optional<DependencyDescriptorHead>& dependency_descriptor);

// The same when the descriptor could be read completely: layers and resolution are its, too.
Expected<PayloadInfo, DropReason> Inspect(Codec codec, std::span<const uint8_t> payload,
                                          const FrameDependencies& dependencies);

}  // namespace stellwerk
