#include "bench/synthetic/frame_pattern.h"

#include <algorithm>

namespace stellwerk::synthetic {
namespace {

// Pictures until the order of temporal layers repeats.
constexpr uint32_t kTemporalPeriod = 4;
constexpr uint32_t kPeriods = 4;

}  // namespace

uint8_t TemporalLayerOf(uint32_t n, int temporal_layers) {
  constexpr uint8_t kThree[] = {0, 2, 1, 2};
  if (temporal_layers >= 3) return kThree[n % kTemporalPeriod];
  return temporal_layers == 2 ? static_cast<uint8_t>(n % 2) : 0;
}

FramePattern::FramePattern(const ScalabilityMode& mode, int switch_interval)
    : mode_(mode),
      period_((static_cast<uint32_t>(std::max(switch_interval, 1)) + kTemporalPeriod - 1) /
              kTemporalPeriod * kTemporalPeriod) {
  const uint32_t pictures = kPeriods * period_;
  for (uint32_t n = 0; n < pictures; ++n) {
    for (uint8_t s = 0; s < mode_.spatial_layers; ++s) frames_.push_back(MakeFrame(n, s));
  }
  NoteReferences();
  NoteSwitchingUpPoints();
  MakeStructure();
}

std::span<const PatternFrame> FramePattern::Picture(uint32_t n) const {
  const uint32_t index = n < period_ ? n : period_ + n % period_;
  return std::span(frames_).subspan(static_cast<std::size_t>(index) * mode_.spatial_layers,
                                    mode_.spatial_layers);
}

// Of the same spatial layer.
absl::InlinedVector<uint32_t, 2> FramePattern::PicturesBack(uint32_t n) const {
  const bool step_up = n % period_ < kTemporalPeriod;
  const uint8_t temporal = TemporalLayerOf(n, mode_.temporal_layers);
  if (n == 0) return {};
  if (mode_.temporal_layers == 1) return {1};
  if (mode_.temporal_layers == 2) {
    if (temporal == 0) return {2};
    if (step_up) return {1};
    return {1, 2};
  }
  if (temporal == 0) return {4};
  if (temporal == 1) {
    if (step_up) return {2};
    return {2, 4};
  }
  if (step_up) return {1};
  return {1, 2};
}

PatternFrame FramePattern::MakeFrame(uint32_t n, uint8_t spatial) const {
  using InterLayer = ScalabilityMode::InterLayer;
  PatternFrame frame;
  frame.spatial = spatial;
  frame.temporal = TemporalLayerOf(n, mode_.temporal_layers);
  frame.only_from_base = true;
  for (const uint32_t back : PicturesBack(n)) {
    frame.references.push_back({static_cast<uint8_t>(back), spatial});
    frame.only_from_base &= TemporalLayerOf(n - back, mode_.temporal_layers) == 0;
  }
  const bool inter_layer = mode_.inter_layer == InterLayer::kAlways ||
                           (mode_.inter_layer == InterLayer::kKeyframe && n == 0);
  if (spatial > 0 && inter_layer) {
    frame.references.push_back({0, static_cast<uint8_t>(spatial - 1)});
  }
  for (uint8_t chain = 0; chain < mode_.spatial_layers; ++chain) {
    const bool lower = mode_.inter_layer == InterLayer::kAlways ||
                       (mode_.inter_layer == InterLayer::kKeyframe && n == 0);
    frame.in_chain.push_back(frame.temporal == 0 &&
                             (spatial == chain || (lower && spatial < chain)));
  }
  return frame;
}

FramePattern::Frame FramePattern::FrameOf(Frame from, const FrameReference& reference) const {
  const Frame picture = from / mode_.spatial_layers - reference.pictures_back;
  return picture * mode_.spatial_layers + reference.spatial;
}

void FramePattern::NoteReferences() {
  for (Frame from = 0; from < frames_.size(); ++from) {
    for (const FrameReference& reference : frames_[from].references) {
      PatternFrame& to = frames_[FrameOf(from, reference)];
      to.referenced = true;
      to.referenced_by_upper |= reference.pictures_back == 0;
    }
  }
}

void FramePattern::NoteSwitchingUpPoints() {
  const uint32_t pictures = kPeriods * period_;
  for (uint32_t n = 0; n < 2 * period_; ++n) {
    const uint8_t temporal = TemporalLayerOf(n, mode_.temporal_layers);
    bool point = true;
    for (uint32_t later = n + 1; later < pictures; ++later) {
      if (TemporalLayerOf(later, mode_.temporal_layers) <= temporal) continue;
      for (const uint32_t back : PicturesBack(later)) {
        const uint32_t to = later - back;
        point &= to >= n || TemporalLayerOf(to, mode_.temporal_layers) <= temporal;
      }
    }
    for (uint8_t s = 0; s < mode_.spatial_layers; ++s) {
      frames_[static_cast<Frame>(n) * mode_.spatial_layers + s].switching_up_point = point;
    }
  }
}

bool FramePattern::InTarget(Frame frame, uint8_t spatial, uint8_t temporal) const {
  using InterLayer = ScalabilityMode::InterLayer;
  const PatternFrame& f = frames_[frame];
  if (f.temporal > temporal || f.spatial > spatial) return false;
  if (f.spatial == spatial) return true;
  const bool keyframe = frame < mode_.spatial_layers;
  return mode_.inter_layer == InterLayer::kAlways ||
         (mode_.inter_layer == InterLayer::kKeyframe && keyframe);
}

// AV1 RTP payload specification §A.2, "Switch indication": if this frame can be decoded, so can all
// later ones of the decode target.
bool FramePattern::LetsSwitch(Frame frame, uint8_t spatial, uint8_t temporal) const {
  std::vector<bool> decodable(frames_.size(), false);
  std::vector<Frame> ancestors = {frame};
  while (!ancestors.empty()) {
    const Frame f = ancestors.back();
    ancestors.pop_back();
    decodable[f] = true;
    for (const FrameReference& r : frames_[f].references) ancestors.push_back(FrameOf(f, r));
  }
  for (Frame f = frame + 1; f < frames_.size(); ++f) {
    if (!InTarget(f, spatial, temporal)) continue;
    for (const FrameReference& r : frames_[f].references) {
      if (!decodable[FrameOf(f, r)]) return false;
    }
    decodable[f] = true;
  }
  return true;
}

Dti FramePattern::IndicationOf(Frame frame, uint8_t spatial, uint8_t temporal) const {
  if (!InTarget(frame, spatial, temporal)) return Dti::kNotPresent;
  bool needed = false;
  for (Frame f = frame + 1; f < frames_.size() && !needed; ++f) {
    if (!InTarget(f, spatial, temporal)) continue;
    for (const FrameReference& r : frames_[f].references) needed |= FrameOf(f, r) == frame;
  }
  if (!needed) return Dti::kDiscardable;
  return LetsSwitch(frame, spatial, temporal) ? Dti::kSwitch : Dti::kRequired;
}

void FramePattern::MakeStructure() {
  const uint8_t chains = mode_.spatial_layers;
  structure_.chain_count = chains;
  for (uint8_t s = 0; s < mode_.spatial_layers; ++s) {
    structure_.protected_by.insert(structure_.protected_by.end(), mode_.temporal_layers, s);
  }
  std::vector<DependencyTemplate> of_frame;
  absl::InlinedVector<Frame, 3> last_in_chain(chains, 0);
  for (Frame f = 0; f < frames_.size() / 2; ++f) {
    PatternFrame& frame = frames_[f];
    DependencyTemplate made{.spatial = frame.spatial, .temporal = frame.temporal};
    for (uint8_t s = 0; s < mode_.spatial_layers; ++s) {
      for (uint8_t t = 0; t < mode_.temporal_layers; ++t) {
        frame.dtis.push_back(IndicationOf(f, s, t));
      }
    }
    made.dtis = frame.dtis;
    for (const FrameReference& r : frame.references) {
      made.frame_diffs.push_back(static_cast<uint16_t>(f - FrameOf(f, r)));
    }
    for (uint8_t c = 0; c < chains; ++c) {
      // A chain of simulcast begins with its own layer.
      const bool begun = mode_.inter_layer == ScalabilityMode::InterLayer::kNever ? f > c : f > 0;
      made.chain_diffs.push_back(begun ? static_cast<uint8_t>(f - last_in_chain[c]) : 0);
      if (frame.in_chain[c]) last_in_chain[c] = f;
    }
    of_frame.push_back(made);
    if (std::find(structure_.templates.begin(), structure_.templates.end(), made) ==
        structure_.templates.end()) {
      structure_.templates.push_back(made);
    }
  }
  std::stable_sort(structure_.templates.begin(), structure_.templates.end(),
                   [](const DependencyTemplate& a, const DependencyTemplate& b) {
                     return std::pair(a.spatial, a.temporal) < std::pair(b.spatial, b.temporal);
                   });
  for (Frame f = 0; f < of_frame.size(); ++f) {
    const auto it =
        std::find(structure_.templates.begin(), structure_.templates.end(), of_frame[f]);
    frames_[f].template_index = static_cast<std::size_t>(it - structure_.templates.begin());
  }
}

}  // namespace stellwerk::synthetic
