#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bench/synthetic/dependency_structure.h"
#include "bench/synthetic/frame_pattern.h"
#include "bench/synthetic/frame_sizer.h"
#include "bench/synthetic/media_frame.h"
#include "bench/synthetic/payload_head.h"
#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/video_config.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk::synthetic {

// One encoding of a camera: pictures that look to a forwarder like VP8 (RFC 7741), VP9 (RFC 9628),
// H264 (RFC 6184) or AV1, with the dependencies of its scalability mode.
class VideoSource {
 public:
  // Bytes of an RTP payload.
  static constexpr std::size_t kMaxPayload = 1100;

  // `encoding` is the index in config.layers. `with_descriptors`: the Dependency Descriptor was
  // negotiated.
  VideoSource(const VideoConfig& config, std::size_t encoding, Random& random,
              bool with_descriptors = false);

  // A picture.
  MediaFrame NextFrame(Timestamp captured);
  // The next picture will be a keyframe.
  void RequestKeyframe() { keyframe_wanted_ = true; }
  // Only the lowest are sent, at least one. More than before come with a keyframe.
  void SetSpatialLayers(std::size_t count);

  // From now on, of the whole encoding with all its spatial layers; those that are not sent keep
  // their share.
  void SetRate(DataRate rate);
  // From now on, of each spatial layer. From the first one on that is zero they are not sent (but
  // the lowest always is).
  void SetSpatialRates(std::span<const DataRate> rates);
  // A replay goes on without a picture; to be called where NextFrame() is left out.
  void SkipFrame();

  [[nodiscard]] std::size_t spatial_layers() const { return active_spatial_; }
  [[nodiscard]] uint64_t keyframes() const { return keyframes_; }
  [[nodiscard]] const FramePattern& pattern() const { return pattern_; }
  // Of each spatial layer.
  [[nodiscard]] const std::vector<VideoResolution>& resolutions() const { return resolutions_; }
  // Without keyframes, of one spatial layer with all its temporal layers.
  [[nodiscard]] DataRate RateOf(std::size_t spatial) const { return rates_[spatial]; }
  // The same as configured.
  [[nodiscard]] DataRate FullRateOf(std::size_t spatial) const;
  // From the picture made last to the next.
  [[nodiscard]] TimeDelta interval() const { return interval_; }

 private:
  static constexpr std::size_t kRememberedPictures = 16;

  [[nodiscard]] bool TakeKeyframe();
  [[nodiscard]] double ScaleOfNext(bool key);
  [[nodiscard]] std::size_t FrameSize(std::size_t spatial) const;
  [[nodiscard]] std::size_t PacketsFor(const PayloadHeadContext& head) const;
  void AppendFrame(const PatternFrame& frame, Timestamp captured, MediaFrame& out);
  void AppendPacket(const PayloadHeadContext& head, PayloadMark mark, std::size_t size,
                    MediaFrame& out) const;
  [[nodiscard]] uint32_t FrameNumberOf(const FrameReference& reference) const;
  [[nodiscard]] FrameDependencies DependenciesOf(const PatternFrame& frame) const;
  [[nodiscard]] std::optional<uint32_t> ActiveTargets(const PatternFrame& frame) const;
  // Returns by how many bytes the first packet's is longer than the others', for extensions.
  std::size_t AppendDescriptors(const PatternFrame& frame, std::size_t packets,
                                MediaFrame& out) const;
  [[nodiscard]] bool keyframe() const { return since_keyframe_ == 0; }

  VideoConfig config_;
  uint8_t encoding_;
  VideoLayer layer_;
  bool with_descriptors_;
  FramePattern pattern_;
  DependencyStructure structure_;
  std::vector<VideoResolution> resolutions_;
  std::size_t active_spatial_;
  absl::InlinedVector<DataRate, 3> rates_;  // of each spatial layer
  TimeDelta interval_;
  FrameSizer sizer_;
  std::size_t next_of_clip_ = 0;
  uint32_t clip_keyframe_ = 0;  // size of the last one
  double scale_ = 1;            // of the present picture: times a mean one
  bool keyframe_wanted_ = true;
  uint32_t since_keyframe_ = 0;  // pictures
  uint64_t keyframes_ = 0;
  uint32_t next_frame_ = 0;
  uint16_t picture_ = 0;
  // Frame numbers by picture since the keyframe and spatial layer.
  std::array<std::array<uint32_t, 3>, kRememberedPictures> frame_numbers_{};
  absl::InlinedVector<std::optional<uint32_t>, 3> last_in_chain_;
  uint16_t frame_number_offset_;
  uint16_t picture_id_;
  uint8_t tl0_picture_index_;
};

}  // namespace stellwerk::synthetic
