#include "bench/synthetic/video_source.h"

#include <algorithm>
#include <span>
#include <utility>

#include "bench/synthetic/dependency_descriptor_writer.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/bwe/scaled_rate.h"
#include "rtc/codec/vp8_descriptor.h"

namespace stellwerk::synthetic {
namespace {

// Of the bits of an encoding: each spatial layer takes three times what the one below takes.
double ShareOf(std::size_t spatial, std::size_t layers) {
  double all = 0;
  double own = 1;
  double size = 1;
  for (std::size_t i = 0; i < layers; ++i, size *= 3) {
    all += size;
    if (i == spatial) own = size;
  }
  return own / all;
}

// What end-to-end encryption leaves of a byte at `position`.
uint8_t ScrambleByte(uint8_t byte, const PayloadMark& mark, std::size_t position) {
  uint64_t hash = (mark.frame * 31ULL + mark.packet) * 64 + position + 1;
  hash *= 0x9E3779B97F4A7C15ULL;
  hash ^= hash >> 29;
  hash *= 0xBF58476D1CE4E5B9ULL;
  return static_cast<uint8_t>(byte ^ (hash >> 40));
}

}  // namespace

VideoSource::VideoSource(const VideoConfig& config, std::size_t encoding, Random& random,
                         bool with_descriptors)
    : config_(config),
      encoding_(static_cast<uint8_t>(encoding)),
      layer_(config.layers.at(encoding)),
      with_descriptors_(with_descriptors),
      pattern_(config.mode, config.temporal_switch_interval),
      structure_(pattern_.structure()),
      active_spatial_(config.mode.spatial_layers),
      interval_(std::chrono::nanoseconds(1'000'000'000 / config.frames_per_second)),
      sizer_(config.frame_sizes, interval_, config.source * 31ULL + encoding),
      last_in_chain_(config.mode.spatial_layers),
      frame_number_offset_(static_cast<uint16_t>(random.NextU32())),
      picture_id_(static_cast<uint16_t>(random.NextU32() & Vp8Descriptor::kMaxPictureId)),
      tl0_picture_index_(static_cast<uint8_t>(random.NextU32())) {
  const bool has_spatial = config.codec == Codec::kVp9 || config.codec == Codec::kAv1;
  STELLWERK_CHECK(has_spatial || config.mode.spatial_layers == 1);
  STELLWERK_CHECK(config.codec != Codec::kH264 || with_descriptors ||
                  config.mode.temporal_layers == 1);
  for (std::size_t s = 0; s < active_spatial_; ++s) {
    const auto shift = active_spatial_ - 1 - s;
    resolutions_.push_back({static_cast<uint16_t>(layer_.resolution.width >> shift),
                            static_cast<uint16_t>(layer_.resolution.height >> shift)});
  }
  SetRate(layer_.bitrate);
  if (config.replay != nullptr) {
    STELLWERK_CHECK(config.replay->codec == config.codec && !config.replay->frames.empty());
  }
  structure_.resolutions = resolutions_;
  structure_.template_id_offset = static_cast<uint8_t>(random.NextU32() % 64);
}

void VideoSource::SetSpatialLayers(std::size_t count) {
  count = std::clamp<std::size_t>(count, 1, config_.mode.spatial_layers);
  keyframe_wanted_ |= count > active_spatial_;
  active_spatial_ = count;
}

DataRate VideoSource::FullRateOf(std::size_t spatial) const {
  return Scaled(layer_.bitrate, ShareOf(spatial, config_.mode.spatial_layers));
}

void VideoSource::SetRate(DataRate rate) {
  rates_.clear();
  for (std::size_t s = 0; s < config_.mode.spatial_layers; ++s) {
    rates_.push_back(Scaled(rate, ShareOf(s, config_.mode.spatial_layers)));
  }
}

void VideoSource::SetSpatialRates(std::span<const DataRate> rates) {
  STELLWERK_CHECK(rates.size() == rates_.size());
  std::copy(rates.begin(), rates.end(), rates_.begin());
  const auto off = std::find(rates.begin() + 1, rates.end(), DataRate());
  SetSpatialLayers(static_cast<std::size_t>(off - rates.begin()));
}

void VideoSource::SkipFrame() {
  if (config_.replay == nullptr) return;
  const MediaClip& clip = *config_.replay;
  const ClipFrame& frame = clip.frames[next_of_clip_];
  if (frame.keyframe) clip_keyframe_ = frame.size;
  const bool last = ++next_of_clip_ == clip.frames.size();
  if (last) next_of_clip_ = 0;
  interval_ = (last ? clip.length : clip.frames[next_of_clip_].at) - frame.at;
}

bool VideoSource::TakeKeyframe() {
  if (config_.replay != nullptr) keyframe_wanted_ |= config_.replay->frames[next_of_clip_].keyframe;
  const auto interval = static_cast<uint32_t>(config_.keyframe_interval.value_or(0));
  keyframe_wanted_ |= interval > 0 && since_keyframe_ + 1 >= interval;
  return std::exchange(keyframe_wanted_, false);
}

// Times a mean frame of the configured interval.
double VideoSource::ScaleOfNext(bool key) {
  if (config_.replay == nullptr) return sizer_.Next(key);
  const MediaClip& clip = *config_.replay;
  const ClipFrame& frame = clip.frames[next_of_clip_];
  const uint32_t size = key && !frame.keyframe ? std::max(clip_keyframe_, frame.size) : frame.size;
  const auto mean = static_cast<double>(clip.mean_rate().bps()) / 8 / config_.frames_per_second;
  SkipFrame();
  return size / std::max(mean, 1.0);
}

// The rate comes out right over a few seconds.
std::size_t VideoSource::FrameSize(std::size_t spatial) const {
  const double mean = static_cast<double>(RateOf(spatial).bps()) / 8 / config_.frames_per_second;
  return std::max(static_cast<std::size_t>(mean * scale_), PayloadMark::kSize);
}

MediaFrame VideoSource::NextFrame(Timestamp captured) {
  const bool key = TakeKeyframe();
  scale_ = ScaleOfNext(key);
  since_keyframe_ = key ? 0 : since_keyframe_ + 1;
  if (key) {
    ++keyframes_;
    // §A.8.3: another structure has other template ids.
    structure_.template_id_offset =
        static_cast<uint8_t>((structure_.template_id_offset + structure_.templates.size()) % 64);
    std::fill(last_in_chain_.begin(), last_in_chain_.end(), std::nullopt);
  }
  const auto frames = pattern_.Picture(since_keyframe_).first(active_spatial_);
  picture_id_ = static_cast<uint16_t>((picture_id_ + 1) & Vp8Descriptor::kMaxPictureId);
  ++picture_;
  if (frames.front().temporal == 0) ++tl0_picture_index_;
  MediaFrame out{.captured = captured, .payloads = {}, .keyframe = key};
  for (const PatternFrame& frame : frames) AppendFrame(frame, captured, out);
  return out;
}

uint32_t VideoSource::FrameNumberOf(const FrameReference& reference) const {
  const uint32_t picture = since_keyframe_ - reference.pictures_back;
  return frame_numbers_[picture % kRememberedPictures][reference.spatial];
}

std::size_t VideoSource::PacketsFor(const PayloadHeadContext& head) const {
  std::size_t room = kMaxPayload - PlainHeadSize(config_.codec, head);
  // What the structure takes of the first packet the others have to carry.
  if (with_descriptors_ && keyframe()) room -= kMaxPayloadHead;
  const std::size_t packets = (head.frame_size + room - 1) / room;
  // The parameter sets of H264 have a packet of their own.
  return config_.codec == Codec::kH264 && keyframe() ? packets + 1 : packets;
}

void VideoSource::AppendFrame(const PatternFrame& frame, Timestamp captured, MediaFrame& out) {
  const uint32_t number = next_frame_++;
  frame_numbers_[since_keyframe_ % kRememberedPictures][frame.spatial] = number;
  const std::size_t size = FrameSize(frame.spatial);
  PayloadHeadContext head;
  head.frame = &frame;
  head.keyframe = keyframe();
  head.frame_size = size;
  head.body = PayloadMark::kSize;
  head.resolution = resolutions_[frame.spatial];
  head.picture_id = picture_id_;
  head.tl0_picture_index = tl0_picture_index_;
  head.bare = with_descriptors_;
  head.flexible = config_.vp9_flexible;
  head.resolutions = resolutions_;
  head.pattern = &pattern_;
  PayloadMark mark{.source = config_.source,
                   .encoding = encoding_,
                   .keyframe = keyframe(),
                   .opaque = config_.scramble && with_descriptors_,
                   .spatial = frame.spatial,
                   .temporal = frame.temporal,
                   .frame = number,
                   .picture = picture_,
                   .captured = captured};
  for (const FrameReference& reference : frame.references) {
    mark.references[mark.reference_count++] =
        static_cast<uint8_t>(number - FrameNumberOf(reference));
    if (reference.pictures_back > 0) head.picture_differences.push_back(reference.pictures_back);
  }
  const std::size_t packets = PacketsFor(head);
  mark.packets = static_cast<uint16_t>(packets);
  std::size_t more_in_first = 0;
  if (with_descriptors_) more_in_first = AppendDescriptors(frame, packets, out);
  const std::vector<std::size_t> sizes = PayloadSizes(config_.codec, head, packets, more_in_first);
  for (std::size_t i = 0; i < packets; ++i) {
    head.packet = i;
    head.last = i + 1 == packets;
    mark.packet = static_cast<uint16_t>(i);
    AppendPacket(head, mark, sizes[i], out);
  }
  for (std::size_t c = 0; c < last_in_chain_.size(); ++c) {
    if (frame.in_chain[c]) last_in_chain_[c] = number;
  }
}

void VideoSource::AppendPacket(const PayloadHeadContext& head, PayloadMark mark, std::size_t size,
                               MediaFrame& out) const {
  std::array<uint8_t, kMaxPayloadHead> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ByteWriter writer(bytes);
  const std::size_t descriptor = WritePayloadHead(config_.codec, head, writer);
  std::vector<uint8_t>& payload = out.payloads.emplace_back(size);
  std::copy_n(bytes.begin(), writer.size(), payload.begin());
  if (config_.scramble) {
    // See VideoConfig::scramble.
    std::size_t begin = writer.size();
    if (mark.opaque) begin = 0;
    if (!mark.opaque && config_.codec == Codec::kVp9) begin = descriptor;
    for (std::size_t i = begin; i < writer.size(); ++i) {
      payload[i] = ScrambleByte(payload[i], mark, i);
    }
  }
  mark.covered =
      static_cast<uint16_t>(payload.size() - PayloadMark::kSize - (mark.opaque ? 0 : descriptor));
  WriteMark(mark, writer.size(), payload);
}

FrameDependencies VideoSource::DependenciesOf(const PatternFrame& frame) const {
  const uint32_t number = next_frame_ - 1;
  FrameDependencies out;
  out.frame_number = static_cast<uint16_t>(number + frame_number_offset_);
  out.frame.spatial = frame.spatial;
  out.frame.temporal = frame.temporal;
  out.frame.dtis = frame.dtis;
  for (const FrameReference& reference : frame.references) {
    out.frame.frame_diffs.push_back(static_cast<uint16_t>(number - FrameNumberOf(reference)));
  }
  for (const std::optional<uint32_t>& last : last_in_chain_) {
    out.frame.chain_diffs.push_back(last ? static_cast<uint8_t>(number - *last) : 0);
  }
  out.template_index = frame.template_index;
  return out;
}

// §A.8.3: what is not sent at present is said with every frame that others depend on, for a packet
// may get lost.
std::optional<uint32_t> VideoSource::ActiveTargets(const PatternFrame& frame) const {
  if (active_spatial_ == config_.mode.spatial_layers || frame.temporal > 0) return std::nullopt;
  return (uint32_t{1} << (active_spatial_ * config_.mode.temporal_layers)) - 1;
}

std::size_t VideoSource::AppendDescriptors(const PatternFrame& frame, std::size_t packets,
                                           MediaFrame& out) const {
  const std::size_t begin = out.descriptors.size();
  FrameDependencies dependencies = DependenciesOf(frame);
  for (std::size_t i = 0; i < packets; ++i) {
    const bool first = i == 0;
    dependencies.start_of_frame = first;
    dependencies.end_of_frame = i + 1 == packets;
    // As libwebrtc does: with every frame at which decoding can begin, which of simulcast in one
    // stream (SxTy) are all layers of the keyframe.
    const bool attach = first && keyframe() && frame.references.empty();
    out.descriptors.push_back(
        WriteDependencyDescriptor(structure_, dependencies, attach,
                                  first ? ActiveTargets(frame) : std::optional<uint32_t>()));
  }
  if (packets == 1) return 0;
  // Extensions end at a multiple of four bytes (RFC 8285 §4.1.2).
  const std::size_t more = out.descriptors[begin].size() - out.descriptors[begin + 1].size();
  return (more + 3) / 4 * 4;
}

}  // namespace stellwerk::synthetic
