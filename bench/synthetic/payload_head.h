#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "bench/synthetic/frame_pattern.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk::synthetic {

// What the first bytes of a packet depend on.
struct PayloadHeadContext {
  const PatternFrame* frame = nullptr;
  bool keyframe = false;   // the picture is one
  std::size_t packet = 0;  // of the frame
  bool last = false;
  // Bytes that follow the head at least; in H264's packet of parameter sets just so many.
  std::size_t body = 0;
  std::size_t frame_size = 0;  // bytes of the encoded frame
  VideoResolution resolution;  // of the frame
  uint16_t picture_id = 0;
  uint8_t tl0_picture_index = 0;
  bool bare = false;  // VP8 with a Dependency Descriptor: without picture id and layers
  // VP9.
  bool flexible = true;
  absl::InlinedVector<uint8_t, 3> picture_differences = {};  // to the pictures it predicts from
  // For the scalability structure: resolutions of all spatial layers, and the temporal layers.
  std::span<const VideoResolution> resolutions = {};
  const FramePattern* pattern = nullptr;

  [[nodiscard]] bool first() const { return packet == 0; }
};

// No head is larger.
inline constexpr std::size_t kMaxPayloadHead = 96;

// What a packetizer and an encoder put before the compressed picture. The first bytes of a payload,
// in two parts: a descriptor that the RTP payload format adds (forwarding may rewrite it; only VP8
// and VP9 have one), and then the beginning of the encoded frame. Returns the size of the first.
std::size_t WritePayloadHead(Codec codec, const PayloadHeadContext& context, ByteWriter& out);

// Bytes of the head of a packet that is neither a frame's first nor its last.
[[nodiscard]] std::size_t PlainHeadSize(Codec codec, PayloadHeadContext context);

// Bytes of the payload of each of a frame's packets, split as libwebrtc's packetizers do: the whole
// encoded frame, its header included, in parts that differ by at most a byte, the larger ones last
// (AV1's: the last shorter by at most a byte for each packet; here as the others). `more_in_first`:
// bytes of header extensions that only the first packet has; its payload is so much smaller. Only
// the parameter sets of H264 have a packet of their own, which counts; it is small.
[[nodiscard]] std::vector<std::size_t> PayloadSizes(Codec codec, PayloadHeadContext context,
                                                    std::size_t packets, std::size_t more_in_first);

}  // namespace stellwerk::synthetic
