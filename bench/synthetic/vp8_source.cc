#include "bench/synthetic/vp8_source.h"

#include <algorithm>
#include <span>

#include "bench/synthetic/payload_mark.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/codec/vp8_descriptor.h"

namespace stellwerk::synthetic {
namespace {

constexpr std::size_t kKeyframeHeader = 10;
constexpr std::size_t kDeltaFrameHeader = 3;

// The temporal layer of the n-th frame after a keyframe, and whether it only needs the base layer.
struct TemporalStep {
  uint8_t layer;
  bool sync;
};
TemporalStep StepOf(uint32_t n, int layers) {
  if (layers >= 3) {
    constexpr TemporalStep kPattern[] = {{0, false}, {2, true}, {1, true}, {2, false}};
    return kPattern[n % 4];
  }
  if (layers == 2) return n % 2 == 0 ? TemporalStep{0, false} : TemporalStep{1, true};
  return {0, false};
}

}  // namespace

Vp8Source::Vp8Source(const VideoConfig& config, std::size_t layer, Random& random)
    : source_(config.source),
      encoding_(static_cast<uint8_t>(layer)),
      layer_(config.layers.at(layer)),
      frames_per_second_(config.frames_per_second),
      temporal_layers_(config.mode.temporal_layers),
      keyframe_interval_(config.keyframe_interval),
      picture_id_(static_cast<uint16_t>(random.NextU32() & Vp8Descriptor::kMaxPictureId)),
      tl0_picture_index_(static_cast<uint8_t>(random.NextU32())) {}

// A keyframe takes about as much as five other frames; the rate comes out right over a few seconds.
std::size_t Vp8Source::FrameSize(bool keyframe) const {
  const auto mean = static_cast<std::size_t>(layer_.bitrate.bps() / 8 / frames_per_second_);
  return std::max<std::size_t>(keyframe ? mean * 5 : mean, PayloadMark::kSize + kKeyframeHeader);
}

MediaFrame Vp8Source::NextFrame(Timestamp captured) {
  const bool keyframe =
      keyframe_wanted_ ||
      (keyframe_interval_ && since_keyframe_ + 1 >= static_cast<uint32_t>(*keyframe_interval_));
  keyframe_wanted_ = false;
  since_keyframe_ = keyframe ? 0 : since_keyframe_ + 1;
  if (keyframe) ++keyframes_;
  const TemporalStep step = StepOf(since_keyframe_, temporal_layers_);
  picture_id_ = static_cast<uint16_t>((picture_id_ + 1) & Vp8Descriptor::kMaxPictureId);
  if (step.layer == 0) ++tl0_picture_index_;

  Vp8Descriptor descriptor;
  descriptor.picture_id = picture_id_;
  descriptor.tl0_picture_index = tl0_picture_index_;
  descriptor.temporal_layer = TemporalLayer(step.layer);
  descriptor.layer_sync = step.sync;
  descriptor.non_reference = step.layer > 0 && step.layer + 1 == temporal_layers_;

  const std::size_t frame_size = FrameSize(keyframe);
  const std::size_t room = kMaxPayload - Vp8Descriptor::kMaxSize - kKeyframeHeader;
  const std::size_t packets = (frame_size + room - 1) / room;
  // RFC 6386 §9.1: 19 bits for the size of the first partition.
  const auto first_partition = static_cast<uint32_t>(std::min<std::size_t>(frame_size, 0x7FFFF));
  MediaFrame frame{.captured = captured, .payloads = {}, .keyframe = keyframe, .level = {}};
  for (std::size_t i = 0; i < packets; ++i) {
    descriptor.start_of_partition = i == 0;
    const std::size_t header = i != 0 ? 0 : keyframe ? kKeyframeHeader : kDeltaFrameHeader;
    const std::size_t share = std::max(frame_size / packets, PayloadMark::kSize);
    std::vector<uint8_t> payload(descriptor.serialized_size() + header + share);
    ByteWriter out(payload);
    descriptor.SerializeTo(out);
    if (header == kKeyframeHeader) WriteVp8KeyframeHeader(out, layer_.resolution, first_partition);
    if (header == kDeltaFrameHeader) WriteVp8DeltaFrameHeader(out, first_partition);
    STELLWERK_CHECK(out.ok());
    WriteMark({.source = source_,
               .encoding = encoding_,
               .keyframe = keyframe,
               .packet = static_cast<uint16_t>(i),
               .packets = static_cast<uint16_t>(packets),
               .frame = frame_,
               .captured = captured},
              std::span(payload).subspan(out.size()));
    frame.payloads.push_back(std::move(payload));
  }
  ++frame_;
  return frame;
}

}  // namespace stellwerk::synthetic
