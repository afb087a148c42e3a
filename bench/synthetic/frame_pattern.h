#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "bench/synthetic/dependency_structure.h"
#include "bench/synthetic/scalability_mode.h"

namespace stellwerk::synthetic {

// A frame that another one predicts from.
struct FrameReference {
  uint8_t pictures_back = 0;  // 0: the same picture
  uint8_t spatial = 0;
  friend bool operator==(const FrameReference&, const FrameReference&) = default;
};

// One frame (a spatial layer of a picture) in its place in the pattern.
struct PatternFrame {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  absl::InlinedVector<FrameReference, 3> references;
  absl::InlinedVector<Dti, 9> dtis;       // one for each decode target
  absl::InlinedVector<bool, 3> in_chain;  // one for each chain
  std::size_t template_index = 0;         // if all spatial layers are sent
  bool referenced = false;                // by any other
  bool referenced_by_upper = false;       // by a higher spatial layer of its picture
  bool only_from_base = false;            // predicts from no picture but those of temporal layer 0
  // RFC 9628 §4.2, U: later pictures of higher temporal layers predict from none of these layers
  // before this picture.
  bool switching_up_point = false;
};

// What predicts from what in a scalability mode, picture by picture from a keyframe on, and what
// follows from it. The temporal layers come as libwebrtc sends them: 0 2 1 2, or 0 1. Decode
// targets are in the order of (spatial, temporal), and each spatial layer's are protected by a
// chain.
class FramePattern {
 public:
  // See VideoConfig::temporal_switch_interval.
  FramePattern(const ScalabilityMode& mode, int switch_interval);

  // The frames of the n-th picture after a keyframe (0: the keyframe), by spatial layer.
  [[nodiscard]] std::span<const PatternFrame> Picture(uint32_t n) const;
  // Pictures until all repeats.
  [[nodiscard]] uint32_t period() const { return period_; }
  // With the templates that fit as long as all layers are sent; without resolutions.
  [[nodiscard]] const DependencyStructure& structure() const { return structure_; }
  [[nodiscard]] const ScalabilityMode& mode() const { return mode_; }

 private:
  using Frame = std::size_t;  // picture * spatial layers + spatial layer

  [[nodiscard]] PatternFrame MakeFrame(uint32_t n, uint8_t spatial) const;
  [[nodiscard]] absl::InlinedVector<uint32_t, 2> PicturesBack(uint32_t n) const;
  [[nodiscard]] bool InTarget(Frame frame, uint8_t spatial, uint8_t temporal) const;
  [[nodiscard]] Dti IndicationOf(Frame frame, uint8_t spatial, uint8_t temporal) const;
  [[nodiscard]] bool LetsSwitch(Frame frame, uint8_t spatial, uint8_t temporal) const;
  [[nodiscard]] Frame FrameOf(Frame from, const FrameReference& reference) const;
  void NoteReferences();
  void NoteSwitchingUpPoints();
  void MakeStructure();

  ScalabilityMode mode_;
  uint32_t period_;
  std::vector<PatternFrame>
      frames_;  // of four periods: what comes later is seen from the first two
  DependencyStructure structure_;
};

// The temporal layer of the n-th picture after a keyframe.
[[nodiscard]] uint8_t TemporalLayerOf(uint32_t n, int temporal_layers);

}  // namespace stellwerk::synthetic
