#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "rtc/base/video_resolution.h"

// The words of the Dependency Descriptor (AV1 RTP payload specification, appendix A). Synthetic
// publishers and the judge have an implementation of their own, for one that was shared with the
// server would share its mistakes.
namespace stellwerk::synthetic {

// §A.8.3, decode target indication; '-', 'D', 'S', 'R' in the specification's examples.
enum class Dti : uint8_t { kNotPresent, kDiscardable, kSwitch, kRequired };

struct DependencyTemplate {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  absl::InlinedVector<Dti, 9> dtis = {};              // one for each decode target
  absl::InlinedVector<uint16_t, 3> frame_diffs = {};  // how many frames back those are it refers to
  absl::InlinedVector<uint8_t, 3> chain_diffs = {};  // to the last frame of each chain; 0: none yet
  friend bool operator==(const DependencyTemplate&, const DependencyTemplate&) = default;
};

struct DependencyStructure {
  static constexpr std::size_t kMaxTemplates = 64;
  static constexpr std::size_t kMaxDecodeTargets = 32;

  uint8_t template_id_offset = 0;
  uint8_t chain_count = 0;
  // The chain that protects each decode target; as many as there are decode targets.
  absl::InlinedVector<uint8_t, 9> protected_by = {};
  std::vector<DependencyTemplate> templates = {};  // in the order of (spatial, temporal)
  std::vector<VideoResolution> resolutions = {};   // of each spatial layer; empty: not said

  [[nodiscard]] std::size_t decode_targets() const { return protected_by.size(); }
  friend bool operator==(const DependencyStructure&, const DependencyStructure&) = default;
};

// What the descriptor says about one packet.
struct FrameDependencies {
  bool start_of_frame = false;
  bool end_of_frame = false;
  uint16_t frame_number = 0;
  DependencyTemplate frame = {};  // the frame's own values, whether a template has them or not
  // Its place in the structure's templates.
  std::size_t template_index = 0;
  friend bool operator==(const FrameDependencies&, const FrameDependencies&) = default;
};

}  // namespace stellwerk::synthetic
